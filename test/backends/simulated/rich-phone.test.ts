import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Drift } from "../../../src/backends/simulated/drift.ts";
import { createSimulatedEnvironment } from "../../../src/backends/simulated/environment.ts";
import type { SimulatedBackendOptions } from "../../../src/backends/simulated/simulated-backend.ts";
import type { UserAction, UserStep } from "../../../src/backends/simulated/user.ts";
import { createMemoryLogger } from "../../helpers/memory-logger.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";
import { LAN, simulatedInMemory, type TestPhone } from "../test-phone.ts";

const STATE = "Status.Account1.Line.State";
const LABEL = "Config.Account1.GENERAL.Label";
const RING = "Config.Voice.AUDIO.RingVol";
/** A number, and in force at once. */
const VOLUME = "Config.Account2.GENERAL.UserName";
const ADDRESS = "Status.Network.LAN.IPAddress";
const ACCOUNT = {
  "Config.Account1.GENERAL.Enable": "1",
  "Config.Account1.GENERAL.UserName": "1001",
  "Config.Account1.SIP.Server": "pbx.example.com",
};

async function phoneWith(t: TestContext, more: Partial<SimulatedBackendOptions>): Promise<TestPhone> {
  const phone = await simulatedInMemory(more);
  await phone.start();
  t.after(() => phone.backend.stop());
  return phone;
}

const step = (action: UserAction, atMs: number, more: Partial<UserStep> = {}): UserStep => ({
  atMs,
  everyMs: 0,
  times: 1,
  action,
  ...more,
});
const set = (key: string, value: string): UserAction => ({ kind: "set", settings: new Map([[key, value]]) });

test("what a user sets is reported as a change that the agent has not made, at its time and not before", async (t) => {
  const phone = await phoneWith(t, { script: [step(set(LABEL, "hall"), 10_000)] });
  await phone.time.advance(9_999);
  assert.deepEqual(phone.reported, []);
  await phone.time.advance(1);
  assert.deepEqual(phone.reported, [{ key: LABEL, before: "desk", after: "hall" }]);
  assert.equal(await phone.read(LABEL), "hall");
});

test("a user who sets what is set already changes nothing", async (t) => {
  const phone = await phoneWith(t, { script: [step(set(LABEL, "desk"), 1_000)] });
  await phone.time.advance(5_000);
  assert.deepEqual(phone.reported, []);
});

test("a step is repeated as often as it says, and the volume keys end where the range does", async (t) => {
  const louder: UserAction = { kind: "volume", by: 1, key: VOLUME, loudest: 2 };
  const phone = await phoneWith(t, { script: [step(louder, 1_000, { everyMs: 1_000, times: 5 })] });
  const heard: (string | undefined)[] = [];
  for (let second = 0; second < 7; second++) {
    await phone.time.advance(1_000);
    heard.push(await phone.read(VOLUME));
  }
  assert.deepEqual(heard, ["1", "2", "2", "2", "2", "2", "2"]);
  assert.deepEqual(phone.time.pendingTimers(), []);
});

test("the keys of a phone that is off do nothing, and a step that goes on for ever goes on after the restart", async (t) => {
  const louder: UserAction = { kind: "volume", by: 1, key: RING, loudest: 15 };
  const phone = await phoneWith(t, { script: [step(louder, 2_000, { everyMs: 2_000, times: null })] });
  const rebooted = phone.backend.reboot("key");
  await phone.time.advance(4_000);
  assert.equal(await phone.read(RING), "8");
  await phone.time.runUntil(rebooted);
  await phone.time.advance(2_000);
  assert.equal(await phone.read(RING), "9");
});

test("a stop and a start, as the agent makes around a reboot, do not begin the script again", async (t) => {
  const script = [step(set(LABEL, "hall"), 10_000), step({ kind: "linkLoss", forMs: 60_000 }, 20_000)];
  script.push(step(set(VOLUME, "missed"), 23_000));
  const environment = createSimulatedEnvironment();
  const phone = await phoneWith(t, { script, environment });
  await phone.time.advance(21_000);
  await phone.write({ [LABEL]: "room" });
  await phone.backend.stop();
  await phone.time.advance(5_000);
  await phone.start();
  await phone.time.advance(53_999);
  assert.equal(environment.isConnected(), false);
  await phone.time.advance(1);
  assert.equal(environment.isConnected(), true);
  await phone.time.advance(60_000);
  assert.equal(await phone.read(LABEL), "room");
  assert.equal(await phone.read(VOLUME), "", "what fell into the time that it was off is not made up for");
});

test("a user's settings work on the phone as provisioned ones do", async (t) => {
  const phone = await phoneWith(t, {
    script: [step({ kind: "set", settings: new Map(Object.entries(ACCOUNT)) }, 1_000)],
  });
  await phone.time.advance(5_000);
  assert.equal(await phone.read(STATE), "Up");
});

test("without its cable the phone has no address and no lines, and gets both back", async (t) => {
  const environment = createSimulatedEnvironment();
  const phone = await phoneWith(t, { environment, script: [step({ kind: "linkLoss", forMs: 40_000 }, 10_000)] });
  await phone.write(ACCOUNT);
  await phone.time.advance(9_999);
  assert.equal(await phone.read(STATE), "Up");
  await phone.time.advance(1);
  assert.equal(environment.isConnected(), false);
  assert.deepEqual([await phone.read(ADDRESS), await phone.read(STATE)], ["", "Registering"]);
  assert.equal(await phone.read("Status.Network.LAN.MACAddress"), LAN.macAddress);
  assert.ok(phone.reported.some(({ key, after }) => key === ADDRESS && after === ""));
  await phone.time.advance(32_000);
  assert.equal(await phone.read(STATE), "Error");
  await phone.time.advance(10_000);
  assert.equal(environment.isConnected(), true);
  assert.deepEqual([await phone.read(ADDRESS), await phone.read(STATE)], [LAN.ipAddress, "Up"]);
});

test("a power cut asks for a restart, and the plug is out for as long as it says beside the reboot", async (t) => {
  const environment = createSimulatedEnvironment();
  const phone = await phoneWith(t, { environment, script: [step({ kind: "powerCut", forMs: 20_000 }, 1_000)] });
  let rebooted = Promise.resolve();
  environment.onPowerCut(async () => {
    rebooted = phone.backend.reboot("");
  });
  await phone.time.advance(1_000);
  assert.equal(environment.isConnected(), false);
  await phone.time.advance(24_999);
  assert.equal(environment.isConnected(), false);
  await phone.time.advance(1);
  await rebooted;
  assert.equal(environment.isConnected(), true);
  assert.equal(await phone.read("Status.Phone.General.UpTime"), "0");
});

test("a power cut that meets a restart changes nothing", async (t) => {
  const environment = createSimulatedEnvironment();
  const phone = await phoneWith(t, { environment, script: [step({ kind: "powerCut", forMs: 20_000 }, 1_000)] });
  environment.onPowerCut(() => Promise.reject(new Error("restarting")));
  await phone.time.advance(2_000);
  assert.equal(environment.isConnected(), true);
});

test("a registrar that is not there is waited for, then the line is in error, and tries again", async (t) => {
  const phone = await phoneWith(t, { registrars: { unreachable: ["pbx.*"], refused: [] } });
  await phone.write(ACCOUNT);
  await phone.time.advance(31_999);
  assert.equal(await phone.read(STATE), "Registering");
  await phone.time.advance(1);
  assert.equal(await phone.read(STATE), "Error");
  await phone.time.advance(60_000);
  assert.equal(await phone.read(STATE), "Registering");
  await phone.write({ "Config.Account1.SIP.Server": "other.example" });
  await phone.time.advance(2_000);
  assert.equal(await phone.read(STATE), "Up");
});

test("a user that the registrar refuses is in error after a moment", async (t) => {
  const phone = await phoneWith(t, { registrars: { unreachable: [], refused: ["1*1"] } });
  await phone.write(ACCOUNT);
  await phone.time.advance(2_000);
  assert.equal(await phone.read(STATE), "Error");
  await phone.write({ "Config.Account1.GENERAL.UserName": "1002" });
  await phone.time.advance(2_000);
  assert.equal(await phone.read(STATE), "Up");
});

const drift = (seed: string): Drift => ({
  candidates: [
    { keys: [LABEL], pick: (random) => [`room ${Math.floor(random.between(0, 1_000))}`] },
    { keys: [RING], pick: (random) => [String(Math.floor(random.between(0, 16)))] },
  ],
  meanMs: 60_000,
  random: seededRandom(seed),
});

async function driftOf(t: TestContext, seed: string): Promise<readonly (string | undefined)[]> {
  const phone = await phoneWith(t, { drift: drift(seed) });
  await phone.time.advance(600_000);
  return phone.reported.map(({ key, after }) => `${phone.time.clock.monotonic()} ${key} ${after}`);
}

test("settings drift about as often as they are to, and the same seed drifts the same way", async (t) => {
  const first = await driftOf(t, "a");
  assert.ok(first.length >= 5 && first.length <= 20, `${first.length} changes`);
  assert.deepEqual(await driftOf(t, "a"), first);
  assert.notDeepEqual(await driftOf(t, "b"), first);
});

test("a phone that is off does not drift, and a stopped one leaves no timer", async (t) => {
  const phone = await phoneWith(t, { drift: drift("a"), rebootMs: 600_000 });
  const rebooted = phone.backend.reboot("key");
  await phone.time.advance(599_000);
  assert.deepEqual(phone.reported, []);
  await phone.time.runUntil(rebooted);
  await phone.backend.stop();
  assert.deepEqual(phone.time.pendingTimers(), []);
});

test("a reboot takes up to its spread longer", async (t) => {
  const phone = await phoneWith(t, { rebootMs: 1_000, rebootSpreadMs: 9_000 });
  const took: number[] = [];
  for (let count = 0; count < 8; count++) {
    const beforeMs = phone.time.clock.monotonic();
    await phone.time.runUntil(phone.backend.reboot("key"));
    took.push(phone.time.clock.monotonic() - beforeMs);
  }
  assert.ok(took.every((ms) => ms >= 1_000 && ms < 10_000));
  assert.ok(Math.max(...took) - Math.min(...took) > 1_000);
});

test("what a user does stands in the log, without what may be a password", async (t) => {
  const log = createMemoryLogger();
  const script = [
    step({ kind: "set", settings: new Map([["Config.Account1.GENERAL.Pwd", "hunter2"]]) }, 1_000),
    step({ kind: "volume", by: -2, key: RING, loudest: 15 }, 2_000),
    step({ kind: "linkLoss", forMs: 1_000 }, 3_000),
    step({ kind: "powerCut", forMs: 20_000 }, 5_000),
  ];
  const phone = await phoneWith(t, { log, environment: createSimulatedEnvironment(), script });
  await phone.time.advance(6_000);
  assert.deepEqual(
    log.lines.filter(({ level }) => level === "info").map(({ message }) => message),
    [
      "The user changes settings: Config.Account1.GENERAL.Pwd",
      "The user turns the volume down by 2",
      "The user unplugs the network cable for 1 s",
      "The user plugs the network cable in again",
      "The user cuts the power for 20 s",
    ],
  );
  assert.doesNotMatch(log.text(), /hunter2/);
});
