import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type AgentUnderTest, createAgentUnderTest } from "../../helpers/agent-under-test.ts";
import { rpc, type SessionPlan, UNREACHABLE } from "../../helpers/scripted-acs.ts";

const ACCOUNT = "Device.LAN.VoiceService.1.VoiceProfile.1.";
const STATUS = `${ACCOUNT}Line.1.Status`;
const RING = "Device.UserInterface.CUSTOM_Preference.CUSTOM_RingVol";
const UP_TIME = "Device.DeviceInfo.UpTime";
const NAME = `${ACCOUNT}Line.1.SIP.CUSTOM_DisplayName`;

const notify = (notification: number, ...names: readonly string[]) =>
  rpc("SetParameterAttributes", {
    parameterList: names.map((name) => ({
      name,
      notificationChange: true,
      notification,
      accessListChange: false,
      accessList: [],
    })),
  });
const set = (values: Readonly<Record<string, string>>) =>
  rpc("SetParameterValues", {
    parameterList: Object.entries(values).map(([name, value]) => ({ name, value, type: null })),
    parameterKey: "",
  });
/** What turns account 1 on: the simulated phone registers it after a while, which is a change of its own. */
const REGISTER = {
  [`${ACCOUNT}SIP.RegistrarServer`]: "sip.example",
  [`${ACCOUNT}Line.1.SIP.CUSTOM_UserName`]: "1001",
  [`${ACCOUNT}Line.1.SIP.AuthUserName`]: "1001",
  [`${ACCOUNT}Line.1.Enable`]: "Enabled",
};

async function started(...plans: readonly SessionPlan[]): Promise<AgentUnderTest> {
  const under = createAgentUnderTest();
  under.acs.plan(...plans);
  await under.agent.start();
  await under.settle();
  return under;
}

const valuesIn = ({ acs }: AgentUnderTest, name: string) =>
  acs.last.inform.parameterList.filter((parameter) => parameter.name === name).map(({ value }) => value);

/** A change by the phone's user. */
async function userSets(under: AgentUnderTest, key: string, value: string): Promise<void> {
  await change(under, key, value);
  await under.settle();
}

async function change(under: AgentUnderTest, key: string, value: string): Promise<void> {
  const staged = under.settings.stage(new Map([[key, value]]));
  under.reportForeign(await staged.apply());
}

describe("value changes", () => {
  test("C-200 C-093 an active parameter's change opens a session with VALUE CHANGE and the new value", async () => {
    const under = await started({ rpcs: [notify(2, STATUS), set(REGISTER)] });
    await under.time.advance(30_000);
    assert.deepEqual(under.acs.last.eventCodes, ["4 VALUE CHANGE"]);
    assert.deepEqual(valuesIn(under, STATUS), ["Up"]);
    const sessions = under.acs.sessions.length;
    await under.time.advance(600_000);
    assert.equal(under.acs.sessions.length, sessions, "C-204: told once, it is not told again");
  });

  test("C-200 a passive parameter's change waits for the next Inform, whatever its cause", async () => {
    const under = await started({ rpcs: [notify(1, STATUS), set(REGISTER)] });
    await under.time.advance(30_000);
    assert.equal(under.acs.sessions.length, 1);
    under.endpoints[0]?.requested();
    await under.settle();
    assert.deepEqual(under.acs.last.eventCodes, ["6 CONNECTION REQUEST", "4 VALUE CHANGE"]);
    assert.deepEqual(valuesIn(under, STATUS), ["Up"]);
  });

  test("C-199 what the ACS sets while notification is off is no value change once it is on again", async () => {
    const under = await started({ rpcs: [notify(2, RING), notify(0, RING), set({ [RING]: "3" }), notify(2, RING)] });
    await under.time.advance(60_000);
    assert.equal(under.acs.sessions.length, 1);
    under.endpoints[0]?.requested();
    await under.settle();
    assert.deepEqual(under.acs.last.eventCodes, ["6 CONNECTION REQUEST"]);
  });

  test("C-199 C-134 what the ACS sets is never a value change", async () => {
    const under = await started({ rpcs: [notify(2, RING, NAME), set({ [RING]: "3", [NAME]: "Ann" })] });
    await under.time.advance(60_000);
    assert.equal(under.acs.sessions.length, 1);
    under.endpoints[0]?.requested();
    await under.settle();
    assert.deepEqual(under.acs.last.eventCodes, ["6 CONNECTION REQUEST"]);
  });

  test("C-201 C-202 several changes are one entry with the current value, and a change back still counts", async () => {
    const under = await started({ rpcs: [notify(1, RING)] });
    await userSets(under, "Config.Settings.AUDIO.RingVol", "2");
    await userSets(under, "Config.Settings.AUDIO.RingVol", "8");
    under.endpoints[0]?.requested();
    await under.settle();
    assert.deepEqual(under.acs.last.eventCodes, ["6 CONNECTION REQUEST", "4 VALUE CHANGE"]);
    assert.deepEqual(valuesIn(under, RING), ["8"]);
  });

  test("C-204 a change is told again after a failed session, also when the phone restarts in between", async () => {
    const under = await started({ rpcs: [notify(2, RING)] });
    under.acs.plan(UNREACHABLE);
    await userSets(under, "Config.Settings.AUDIO.RingVol", "1");
    assert.equal(under.acs.sessions.length, 2);
    const again = await under.restarted();
    await again.agent.start();
    await again.settle();
    assert.deepEqual(again.acs.last.eventCodes, ["1 BOOT", "4 VALUE CHANGE"]);
    assert.deepEqual(valuesIn(again, RING), ["1"]);
  });

  test("C-203 a change made while the agent was away is found at the start", async () => {
    const under = await started({ rpcs: [notify(1, RING)] });
    await under.agent.stop();
    await under.settings.stage(new Map([["Config.Settings.AUDIO.RingVol", "0"]])).apply();
    const again = await under.restarted();
    await again.agent.start();
    await again.settle();
    assert.deepEqual(again.acs.last.eventCodes, ["1 BOOT", "4 VALUE CHANGE"]);
    assert.deepEqual(valuesIn(again, RING), ["0"]);
  });

  test("C-204 C-080 a change during a session is kept for the next one", async () => {
    const under = createAgentUnderTest();
    under.acs.plan(
      { rpcs: [notify(2, RING)] },
      { before: (post) => (post === 1 ? change(under, "Config.Settings.AUDIO.RingVol", "5") : undefined) },
    );
    await under.agent.start();
    await under.settle();
    under.endpoints[0]?.requested();
    await under.settle();
    assert.deepEqual(
      under.acs.sessions.slice(1).map(({ eventCodes }) => eventCodes),
      [["6 CONNECTION REQUEST"], ["4 VALUE CHANGE"]],
    );
  });

  test("C-208 a counter with passive notification is told because it has changed", async () => {
    const under = await started({ rpcs: [notify(1, UP_TIME)] });
    await under.time.advance(10_000);
    under.endpoints[0]?.requested();
    await under.settle();
    assert.deepEqual(under.acs.last.eventCodes, ["6 CONNECTION REQUEST", "4 VALUE CHANGE"]);
    assert.deepEqual(valuesIn(under, UP_TIME), ["10"]);
  });

  test("C-160 attributes survive a restart", async () => {
    const under = await started({ rpcs: [notify(2, RING)] });
    const again = await under.restarted();
    await again.agent.start();
    await again.settle();
    await userSets(again, "Config.Settings.AUDIO.RingVol", "4");
    assert.deepEqual(again.acs.last.eventCodes, ["4 VALUE CHANGE"]);
  });

  test("C-132 a hidden parameter's change is told with an empty value", async () => {
    const path = `${ACCOUNT}Line.1.SIP.AuthPassword`;
    const under = await started({ rpcs: [notify(2, path)] });
    await userSets(under, "Config.Account1.GENERAL.Pwd", "hand-made");
    assert.deepEqual(valuesIn(under, path), [""]);
    assert.doesNotMatch(under.log.text(), /hand-made/);
  });

  test("C-225 a restart with the same ConnectionRequestURL is no change of it, a new LAN address is", async () => {
    const url = "Device.ManagementServer.ConnectionRequestURL";
    const under = await started({ rpcs: [notify(2, url)] });
    const again = await under.restarted();
    await again.agent.start();
    await again.settle();
    assert.deepEqual(again.acs.last.eventCodes, ["1 BOOT"]);
    const staticAddress = [
      { key: "Config.Network.LAN.Type", before: "0", after: "2" },
      { key: "Config.Network.LAN.StaticIP", before: "", after: "192.0.2.99" },
    ];
    await again.settings.stage(new Map(staticAddress.map(({ key, after }) => [key, after]))).apply();
    again.reportForeign(staticAddress);
    await again.settle();
    assert.deepEqual(again.acs.last.eventCodes, ["4 VALUE CHANGE"]);
    assert.match(valuesIn(again, url)[0] ?? "", /^http:\/\/192\.0\.2\.99:7547\//);
  });
});
