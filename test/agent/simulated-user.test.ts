import assert from "node:assert/strict";
import { test } from "node:test";
import { createSimulatedEnvironment } from "../../src/backends/simulated/environment.ts";
import { gateTransport } from "../../src/net/network-gate.ts";
import { createAgentUnderTest } from "../helpers/agent-under-test.ts";
import { rpc, UNREACHABLE } from "../helpers/scripted-acs.ts";

const RING = "Device.UserInterface.CUSTOM_Preference.CUSTOM_RingVol";
const KEY = "Config.Settings.AUDIO.RingVol";

test("C-200 what a user turns at the phone reaches the ACS as 4 VALUE CHANGE", async () => {
  const set = { kind: "set", settings: new Map([[KEY, "3"]]) } as const;
  const script = [{ atMs: 60_000, everyMs: 0, times: 1, action: set }];
  const under = createAgentUnderTest({ simulated: { script } });
  const parameter = { name: RING, notificationChange: true, notification: 2, accessListChange: false, accessList: [] };
  under.acs.plan({ rpcs: [rpc("SetParameterAttributes", { parameterList: [parameter] })] });
  await under.agent.start();
  await under.time.advance(59_000);
  assert.equal(under.acs.sessions.length, 1);
  await under.time.advance(2_000);
  assert.deepEqual(under.acs.last.eventCodes, ["4 VALUE CHANGE"]);
  assert.equal(under.acs.last.inform.parameterList.find(({ name }) => name === RING)?.value, "3");
  await under.agent.stop();
});

test("a power cut in a session is a failed session, and then 1 BOOT without M Reboot", async () => {
  const environment = createSimulatedEnvironment();
  const cut = { kind: "powerCut", forMs: 30_000 } as const;
  const script = [{ atMs: 20_000, everyMs: 0, times: 1, action: cut }];
  const under = createAgentUnderTest({ simulated: { script, environment } });
  environment.onPowerCut(() => under.agent.local.reboot());
  await under.agent.start();
  await under.time.advance(21_000);
  assert.equal(under.agent.status().phase, "rebooting");
  await under.time.advance(33_000);
  assert.equal(under.acs.sessions.length, 1);
  await under.time.advance(2_000);
  assert.ok(under.acs.last.eventCodes.includes("1 BOOT"));
  assert.ok(!under.acs.last.eventCodes.includes("M Reboot"));
  await under.time.advance(60_000);
  assert.equal(under.agent.status().phase, "idle");
  assert.equal(under.acs.sessions.length, 2);
  await under.agent.stop();
});

test("C-108 sessions fail while the cable is out, and the next retry after that succeeds", async () => {
  const environment = createSimulatedEnvironment();
  const script = [{ atMs: 10_000, everyMs: 0, times: 1, action: { kind: "linkLoss", forMs: 300_000 } as const }];
  const under = createAgentUnderTest({ simulated: { script, environment } });
  const gated = createAgentUnderTest({
    simulated: { script, environment },
    transport: gateTransport({ open: (...call) => under.acs.open(...call) }, () => environment.isConnected()),
  });
  await gated.agent.start();
  await gated.time.advance(11_000);
  await gated.agent.local.inform("2 PERIODIC");
  await gated.time.advance(200_000);
  assert.ok(gated.agent.status().retryCount > 1);
  await gated.time.advance(600_000);
  assert.ok(under.acs.last.eventCodes.includes("2 PERIODIC"));
  assert.equal(gated.agent.status().retryCount, 0);
  await gated.agent.stop();
});

test("the phone hears of every session that has succeeded, and of no other", async () => {
  let reached = 0;
  const under = createAgentUnderTest({ wrapBackend: (backend) => ({ ...backend, reached: () => void reached++ }) });
  under.acs.plan(UNREACHABLE);
  await under.agent.start();
  await under.settle();
  assert.equal(reached, 0);
  await under.time.advance(20_000);
  assert.equal(reached, 1);
  await under.agent.local.inform("2 PERIODIC");
  await under.settle();
  assert.equal(reached, 2);
  await under.agent.stop();
});

test("a phone without an ACS hears of no session", async () => {
  let reached = 0;
  const under = createAgentUnderTest({
    keys: { "Config.TR069.General.Enable": "0" },
    wrapBackend: (backend) => ({ ...backend, reached: () => void reached++ }),
  });
  await under.agent.start();
  await under.time.advance(20_000);
  assert.equal(reached, 0);
  await under.agent.stop();
});

test("C-202 settings that the phone takes back while it restarts are told with 4 VALUE CHANGE", async () => {
  const run: { takeBack: () => Promise<void> } = { takeBack: async () => {} };
  const under = createAgentUnderTest({
    wrapBackend: (backend) => ({
      ...backend,
      async reboot(commandKey) {
        await backend.reboot(commandKey);
        await run.takeBack();
      },
    }),
  });
  run.takeBack = async () => void (await under.settings.stage(new Map([[KEY, "1"]])).apply());
  const parameter = { name: RING, notificationChange: true, notification: 1, accessListChange: false, accessList: [] };
  under.acs.plan({ rpcs: [rpc("SetParameterAttributes", { parameterList: [parameter] })] });
  await under.agent.start();
  await under.settle();
  await under.agent.local.reboot();
  await under.time.advance(20_000);
  assert.ok(under.acs.last.eventCodes.includes("4 VALUE CHANGE"), under.acs.last.eventCodes.join());
  assert.equal(under.acs.last.inform.parameterList.find(({ name }) => name === RING)?.value, "1");
  await under.agent.stop();
});
