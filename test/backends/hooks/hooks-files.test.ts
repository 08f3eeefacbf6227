import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CwmpFault } from "../../../src/cwmp/errors.ts";
import { hooksPhone, until } from "./hooks-phone.ts";

const FIRMWARE = "1 Firmware Upgrade Image";
const SETTINGS = "1 Vendor Configuration File";
const LOG = "4 Vendor Log File";

describe("files of a phone behind hooks", () => {
  test("without hooks nothing is installed, and the settings can be uploaded", async (t) => {
    const { backend, ...phone } = await hooksPhone(t);
    await phone.begin();
    assert.deepEqual([backend.files.installs, backend.files.produces], [[], [SETTINGS]]);
    assert.match(
      new TextDecoder().decode(await backend.files.produce(SETTINGS)),
      /^Config\.Account1\.GENERAL\.Label = desk$/m,
    );
  });

  test("the install hook gets type and path, and says whether a restart is needed", async (t) => {
    const { backend, ...phone } = await hooksPhone(t, { scripts: { install: "cat >got; exit 100" } });
    await phone.begin();
    assert.deepEqual(backend.files.installs, [FIRMWARE]);
    assert.equal(await backend.files.install(FIRMWARE, '/x/a "b".rom'), "needs-reboot");
    assert.equal(await phone.left("got"), '{"fileType":"1 Firmware Upgrade Image","path":"/x/a \\"b\\".rom"}\n');
  });

  test("what the produce hook prints is the file, byte for byte", async (t) => {
    const { backend, ...phone } = await hooksPhone(t, { scripts: { produce: "cat >got; printf '\\377\\000\\n{'" } });
    await phone.begin();
    assert.deepEqual(backend.files.produces, [SETTINGS, LOG]);
    assert.deepEqual([...(await backend.files.produce(LOG))], [0xff, 0, 10, 0x7b]);
    assert.equal(await phone.left("got"), '{"fileType":"4 Vendor Log File"}\n');
  });

  test("a hook that fails is fault 9002, and its reason stays in the log", async (t) => {
    const { backend, ...phone } = await hooksPhone(t, { scripts: { install: "echo disk >&2; exit 1" } });
    await phone.begin();
    await assert.rejects(backend.files.install(FIRMWARE, "/x"), (error) => {
      assert.ok(error instanceof CwmpFault);
      assert.deepEqual([error.faultCode, error.message], [9002, "Internal error"]);
      return true;
    });
    assert.match(phone.log.text(), /it says: disk/);
  });

  test("installing may take its time, but not for ever", async (t) => {
    const { backend, ...phone } = await hooksPhone(t, { scripts: { install: "touch begun; exec sleep 1000" } });
    await phone.begin();
    const install = backend.files.install(FIRMWARE, "/x").catch((error: unknown) => error);
    await phone.appears("begun");
    await phone.time.advance(899_000);
    assert.ok(phone.time.pendingTimers().some(({ name }) => name === "limit of the install hook"));
    await phone.time.advance(1_000);
    assert.ok((await install) instanceof CwmpFault);
    await until(() => phone.log.text().includes("did not end within 900 seconds"));
  });
});
