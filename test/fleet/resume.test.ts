/** A fleet that is stopped and started again on its state folder, over real sockets. */
import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createAcs } from "../../src/acs/acs.ts";
import { responseOf } from "../../src/acs/calls.ts";
import { isAgentError } from "../../src/cwmp/errors.ts";
import { openFleet } from "../../src/fleet/open-fleet.ts";
import { createSystemClock } from "../../src/system/clock.ts";
import { createScheduler } from "../../src/system/scheduler.ts";
import { createSystemRandom } from "../../src/system/system-random.ts";
import { fleetOf } from "../helpers/fleet.ts";
import { silentLogger } from "../helpers/silent-logger.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { until } from "../helpers/transport.ts";

const LOGIN = { username: "acs", password: "hush-cpe" };
const TR069 = { cpe: LOGIN, acs: { username: "phone", password: "hush-1" } };
const SETTINGS = { tr069: TR069, listen: { address: "127.0.0.1" }, backend: { rebootSeconds: 0 } };
const LINE = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.";
const NEW_PASSWORD = "hush-2";

async function world(t: TestContext) {
  const clock = createSystemClock();
  const users = new Map([["phone", "hush-1"]]);
  const acs = await createAcs({
    address: "127.0.0.1",
    port: 0,
    authentication: { scheme: "digest", users },
    connectionRequestCredentials: LOGIN,
    clock,
    scheduler: createScheduler(clock, () => {}),
    random: createSystemRandom(),
  });
  t.after(() => acs.close());
  const stateFolder = join(await temporaryFolder(t), "state");
  const open = (values: object) => {
    const config = fleetOf({ acs: acs.url, ramp: { perSecond: 1000 }, settings: SETTINGS, stateFolder, ...values });
    return openFleet({ config, version: "1.2.3", log: silentLogger });
  };
  /** Runs it until each phone has been at the ACS, then does that. Answers the events of each group. */
  const run = async (values: object, work: () => Promise<void> = async () => {}) => {
    const { fleet, close } = await open(values);
    try {
      await fleet.start();
      await until(() => fleet.figures.counts().reached === fleet.size);
      await work();
      return new Map([...fleet.figures.groups].map(([name, { tallies }]) => [name, tallies.events]));
    } finally {
      await close();
    }
  };
  const ask = async (serial: string, ...calls: Parameters<typeof acs.enqueue>[1][]) => {
    const id = acs.devices().find((device) => device.id.endsWith(`-${serial}`))?.id ?? assert.fail(serial);
    const asked = calls.map((call) => acs.enqueue(id, call));
    assert.equal(await acs.connectionRequest(id), 200);
    return Promise.all(asked);
  };
  const parameterOf = async (serial: string, name: string): Promise<string | undefined> => {
    const [answer] = await ask(serial, { name: "GetParameterValues", args: { parameterNames: [name] } });
    return answer === undefined ? undefined : responseOf(answer, "GetParameterValues")?.parameterList[0]?.value;
  };
  return { stateFolder, users, open, run, ask, parameterOf };
}

test("phones come back as after a power cycle: no 0 BOOTSTRAP, their parameters, ParameterKey and passwords kept", async (t) => {
  const { stateFolder, users, run, ask, parameterOf } = await world(t);
  const group = { name: "north", count: 20, serialNumber: "N{i:03}" };
  const first = await run({ groups: [group] }, async () => {
    const parameterList = [{ name: `${LINE}CUSTOM_Label`, value: "mine", type: "string" }];
    const password = { name: "Device.ManagementServer.Password", value: NEW_PASSWORD, type: "string" };
    const [label, changed] = await ask(
      "N007",
      { name: "SetParameterValues", args: { parameterList, parameterKey: "key 1" } },
      { name: "SetParameterValues", args: { parameterList: [password], parameterKey: "key 2" } },
    );
    assert.deepEqual([label?.kind, changed?.kind], ["response", "response"]);
  });
  assert.equal(first.get("north")?.of("0 BOOTSTRAP"), 20);
  // The ACS takes the new password alone: only that phone can still log in with it.
  users.set("phone", NEW_PASSWORD);
  const path = join(stateFolder, "phones.state");
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const alone = { ...group, count: 1, firstIndex: 7 };
  const second = await run({ groups: [alone] }, async () => {
    assert.equal(await parameterOf("N007", `${LINE}CUSTOM_Label`), "mine");
    assert.equal(await parameterOf("N007", "Device.ManagementServer.ParameterKey"), "key 2");
  });
  assert.deepEqual([second.get("north")?.of("0 BOOTSTRAP"), second.get("north")?.of("1 BOOT")], [0, 1]);
});

test("with other groups and counts, a phone that is known by its identity comes back, and one that is not is new", async (t) => {
  const { run, ask, parameterOf } = await world(t);
  const south = { name: "south", count: 5, firstIndex: 101 };
  await run({ groups: [{ name: "north", count: 10 }, south] }, async () => {
    const parameterList = [{ name: `${LINE}CUSTOM_Label`, value: "mine", type: "string" }];
    await ask("0C1105000003", { name: "SetParameterValues", args: { parameterList, parameterKey: "k" } });
  });
  const fewer = await run({ groups: [{ name: "north", count: 2 }] });
  assert.equal(fewer.get("north")?.of("0 BOOTSTRAP"), 0);
  // More again, under another name, with another setting; those who were left out meanwhile are still known.
  const settings = { tr069: { periodicInform: { enable: true, interval: 4321 } } };
  const more = await run({ groups: [{ name: "east", count: 12, settings }, south] }, async () => {
    assert.equal(await parameterOf("0C1105000003", `${LINE}CUSTOM_Label`), "mine");
    assert.equal(await parameterOf("0C1105000003", "Device.ManagementServer.PeriodicInformInterval"), "4321");
  });
  assert.deepEqual([more.get("east")?.of("0 BOOTSTRAP"), more.get("east")?.of("1 BOOT")], [2, 12]);
  assert.equal(more.get("south")?.of("0 BOOTSTRAP"), 0);
  const other = await run({ groups: [{ name: "east", count: 3, settings: { phone: { model: "SP-R15P" } } }] });
  assert.equal(other.get("east")?.of("0 BOOTSTRAP"), 3);
});

test("another fleet on the same state folder is refused before it starts a phone, and the folder is free after the first", async (t) => {
  const { open } = await world(t);
  const { close } = await open({ groups: [{ count: 1 }] });
  await assert.rejects(
    open({ groups: [{ count: 1 }] }),
    (error) => isAgentError(error, "STATE_IO") && /is in use by the process/.test(error.message),
  );
  await close();
  const again = await open({ groups: [{ count: 1 }] });
  await again.close();
});
