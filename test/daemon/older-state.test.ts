/** State folders that earlier versions of the program have left behind, killed in the midst of things: test/fixtures/state/. */
import assert from "node:assert/strict";
import { chmod, cp, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Acs, createAcs } from "../../src/acs/acs.ts";
import { responseOf } from "../../src/acs/calls.ts";
import type { TransferResult } from "../../src/acs/events.ts";
import { decodeRecord, encodeRecord } from "../../src/storage/phones/record.ts";
import { createSystemClock } from "../../src/system/clock.ts";
import { createScheduler } from "../../src/system/scheduler.ts";
import { createSystemRandom } from "../../src/system/system-random.ts";
import { ACS_LOGIN, CPE_LOGIN, FILES_PORT, LABEL, OLD_ACS_PORT } from "../fixtures/state/settings.ts";
import { runCli } from "../helpers/daemon-process.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { until } from "../helpers/transport.ts";

const FOLDERS = fileURLToPath(new URL("../fixtures/state/", import.meta.url));
const LATEST = "2026-12-01";
const PARAMETER_KEY = "Device.ManagementServer.ParameterKey";
const DISPLAY_NAME = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_DisplayName";

interface World {
  readonly acs: Acs;
  /** Codes of all Informs so far, with the command key where there is one. */
  readonly events: readonly string[];
  /** What the phone has said of its transfers. */
  readonly transfers: readonly TransferResult[];
  /** A copy of a folder of the fixtures, with the ports of this test. */
  copy(name: string): Promise<string>;
}

async function world(t: TestContext): Promise<World> {
  const clock = createSystemClock();
  const acs = await createAcs({
    ...{ address: "127.0.0.1", port: 0, clock, random: createSystemRandom() },
    scheduler: createScheduler(clock, () => {}),
    authentication: { scheme: "digest", users: new Map([[ACS_LOGIN.username, ACS_LOGIN.password]]) },
    connectionRequestCredentials: CPE_LOGIN,
  });
  t.after(() => acs.close());
  const files = createServer(({ url }, response) => {
    if (url === "/night.cfg")
      return void response.end(`${"# night\n".repeat(20)}Config.Account1.GENERAL.DisplayName = Night\n`);
    response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await until(() => files.listening);
  t.after(() => void files.close().closeAllConnections());
  const events: string[] = [];
  const transfers: TransferResult[] = [];
  acs.onEvent((event) => {
    if (event.kind === "session-started")
      events.push(...event.events.map(({ eventCode, commandKey }) => `${eventCode} ${commandKey}`.trim()));
    if (event.kind === "cpe-request" && event.transfer !== undefined) transfers.push(event.transfer);
  });
  const { port } = files.address() as AddressInfo;
  return {
    ...{ acs, events, transfers },
    async copy(name) {
      const folder = join(await temporaryFolder(t), "copy");
      await cp(join(FOLDERS, name), folder, { recursive: true });
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        if (entry.isDirectory()) await chmod(path, 0o700);
        else
          await withPorts(path, (text) =>
            text.replaceAll(`:${OLD_ACS_PORT}/`, `:${acs.port}/`).replaceAll(`:${FILES_PORT}/`, `:${port}/`),
          );
      }
      return folder;
    },
  };
}

/** Git keeps no modes. A line of a fleet's log has a checksum. */
async function withPorts(path: string, replace: (text: string) => string): Promise<void> {
  const bytes = await readFile(path);
  const lines = bytes
    .toString()
    .split("\n")
    .map((line) => {
      const record = decodeRecord(Buffer.from(line));
      return record?.kind === "put"
        ? encodeRecord({ ...record, text: replace(record.text) })
            .toString()
            .trimEnd()
        : replace(line);
    });
  await writeFile(path, lines.join("\n"));
  await chmod(path, 0o600);
}

async function valuesOf(acs: Acs, device: string, ...names: string[]): Promise<readonly string[]> {
  const asked = acs.enqueue(device, { name: "GetParameterValues", args: { parameterNames: names } });
  assert.equal(await acs.connectionRequest(device), 200);
  return (responseOf(await asked, "GetParameterValues")?.parameterList ?? []).map(({ value }) => value);
}

for (const version of ["2026-11-22", "2026-11-30", LATEST]) {
  test(`a phone goes on with the state folder of ${version}: its values, events and the transfer that was cut off`, async (t) => {
    const { acs, events, transfers, copy } = await world(t);
    const folder = await copy(`${version}/phone`);
    const daemon = runCli(t, ["run", "--config", join(folder, "config.yaml")]);
    await until(() => transfers.some(({ commandKey }) => commandKey === "night"));

    const [device = assert.fail("no phone has come")] = acs.devices();
    assert.deepEqual(await valuesOf(acs, device.id, LABEL, PARAMETER_KEY, DISPLAY_NAME), ["mine", "key 7", "Night"]);
    const attributes = acs.enqueue(device.id, { name: "GetParameterAttributes", args: { parameterNames: [LABEL] } });
    await acs.connectionRequest(device.id);
    const [label] = responseOf(await attributes, "GetParameterAttributes")?.parameterList ?? [];
    assert.deepEqual([label?.notification, label?.accessList], [1, ["Subscriber"]]);
    assert.equal(await daemon.end("SIGTERM"), 0);

    for (const event of ["1 BOOT", "M Reboot restart", "4 VALUE CHANGE", "7 TRANSFER COMPLETE", "M Download night"])
      assert.ok(events.includes(event), `${event} is not among ${events}`);
    assert.ok(!events.includes("0 BOOTSTRAP"), "the ACS is known");
    assert.deepEqual(transfers.find(({ commandKey }) => commandKey === "night")?.faultCode, 0);
    if (version !== "2026-11-22") assert.ok(events.includes("10 AUTONOMOUS TRANSFER COMPLETE"), String(events));
    const documents = await readdir(join(folder, "state", "documents"));
    assert.deepEqual(
      documents.filter((name) => !name.endsWith(".json")),
      [],
      "none was set aside as damaged",
    );
    assert.doesNotMatch(daemon.log(), /"level":"error"/);
  });
}

test("a fleet goes on with its state file: no 0 BOOTSTRAP, the values and ParameterKey that the ACS has set", async (t) => {
  const { acs, events, copy } = await world(t);
  const folder = await copy(`${LATEST}/fleet`);
  // The address of the ACS stands in fleet.yaml too, as in the file of the state.
  const daemon = runCli(t, ["fleet", join(folder, "fleet.yaml")]);
  await until(() => acs.devices().length === 2);
  const first = acs.devices().find(({ id }) => id.endsWith("01"))?.id ?? assert.fail("the first phone has not come");
  assert.deepEqual(await valuesOf(acs, first, LABEL, PARAMETER_KEY), ["mine", "key 7"]);
  await daemon.end("SIGTERM");
  assert.deepEqual([...new Set(events)].sort(), ["1 BOOT", "6 CONNECTION REQUEST"]);
});

test("a document that cannot be read is kept under another name and explained, and the rest of the state counts", async (t) => {
  const { acs, events, copy } = await world(t);
  const folder = await copy(`${LATEST}/phone`);
  const documents = join(folder, "state", "documents");
  await writeFile(join(documents, "events.json"), '{"version":1,"value":[{"code"');
  const daemon = runCli(t, ["run", "--config", join(folder, "config.yaml")]);
  await until(() => events.includes("1 BOOT"));
  const [device = assert.fail("no phone has come")] = acs.devices();
  assert.deepEqual(await valuesOf(acs, device.id, LABEL, PARAMETER_KEY), ["mine", "key 7"]);
  assert.equal(await daemon.end("SIGTERM"), 0);
  assert.match(
    daemon.log(),
    /events\.json is damaged \(it is not valid JSON\): it is kept as \S+events\.json\.damaged-1/,
  );
  assert.ok((await readdir(documents)).includes("events.json.damaged-1"));
  assert.ok(!events.includes("0 BOOTSTRAP"), "what the ACS knows is another document");
});

test("a document of a newer version is left as it is: the start ends and names it", async (t) => {
  const { events, copy } = await world(t);
  const folder = await copy(`${LATEST}/phone`);
  const file = join(folder, "state", "documents", "transfers.json");
  const newer = (await readFile(file, "utf8")).replace('"version":1', '"version":2');
  await writeFile(file, newer);
  const daemon = runCli(t, ["run", "--config", join(folder, "config.yaml")]);
  assert.equal(await daemon.ended, 1);
  assert.match(
    daemon.log(),
    /transfers\.json was written by a newer version of this program \(format 2; this one knows up to 1\)/,
  );
  assert.equal(await readFile(file, "utf8"), newer);
  assert.deepEqual(events, []);
});
