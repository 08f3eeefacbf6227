import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { loadConfig } from "../../src/config/load-config.ts";
import { FindingsError } from "../../src/cwmp/findings.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

async function mistakes(t: TestContext, backend: string): Promise<readonly string[]> {
  const file = join(await temporaryFolder(t), "config.yaml");
  await writeFile(file, `backend: { type: linux, ${backend} }`);
  try {
    loadConfig(file, {});
    return [];
  } catch (error) {
    if (!(error instanceof FindingsError)) throw error;
    return error.findings.map(({ code, message }) => `${code} ${message}`);
  }
}

test("a network that is to be changed needs its interface and a way to activate it", async (t) => {
  assert.deepEqual(await mistakes(t, "network: { apply: ifupdown }"), [
    "INCOMPLETE backend.network.apply also needs backend.interface",
    "INCOMPLETE backend.network.apply also needs backend.network.activateCommand or backend.rebootCommand",
  ]);
  const complete = "interface: eth0, network: { apply: systemd-networkd, activateCommand: [networkctl, reload] }";
  assert.deepEqual(await mistakes(t, complete), []);
  assert.deepEqual(await mistakes(t, "interface: eth0, rebootCommand: [reboot], network: { apply: ifupdown }"), []);
  assert.deepEqual(await mistakes(t, "network: { apply: none }"), []);
});

test("an interface name that would break its file is refused", async (t) => {
  const [found] = await mistakes(t, `interface: "eth0]x", rebootCommand: [r], network: { apply: ifupdown }`);
  assert.match(found ?? "", /^WRONG_VALUE backend\.interface must be made of/);
});
