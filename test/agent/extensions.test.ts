import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ExtensionName } from "../../src/config/extensions.ts";
import { type AgentUnderTest, type AgentUnderTestOptions, createAgentUnderTest } from "../helpers/agent-under-test.ts";
import { notify, response, setValues, userSets } from "../helpers/calls.ts";
import { rpc, type SessionPlan, UNREACHABLE } from "../helpers/scripted-acs.ts";

const SERVER = "Device.ManagementServer.";
const RING = "Device.UserInterface.CUSTOM_Preference.CUSTOM_RingVol";
const RING_KEY = "Config.Settings.AUDIO.RingVol";

async function started(
  extension: ExtensionName,
  plans: readonly SessionPlan[] = [],
  options: AgentUnderTestOptions = {},
): Promise<AgentUnderTest> {
  const under = createAgentUnderTest({ ...options, extensions: [extension] });
  under.acs.plan(...plans);
  await under.agent.start();
  await under.settle();
  return under;
}

/** The ACS asks for a session and sets values in it. */
async function acsSets(under: AgentUnderTest, values: Readonly<Record<string, string>>): Promise<void> {
  under.acs.plan({ rpcs: [setValues(values)] });
  under.endpoints[0]?.requested();
  await under.settle();
}

const waitMs = ({ time }: AgentUnderTest, name: string): number | undefined => {
  const timer = time.pendingTimers().find((pending) => pending.name === name);
  return timer === undefined ? undefined : timer.dueMs - time.clock.monotonic();
};

const informed = ({ acs }: AgentUnderTest, name: string): readonly string[] =>
  acs.last.inform.parameterList.flatMap((parameter) => (parameter.name === name ? [parameter.value] : []));

test("C-280 C-096 DeviceSummary names root and services, in every Inform", async () => {
  const under = await started("deviceSummary");
  under.endpoints[0]?.requested();
  await under.settle();
  for (const { inform } of under.acs.sessions) {
    const [first] = inform.parameterList;
    assert.equal(first?.name, "Device.DeviceSummary");
    assert.match(first.value, /^Device:1\.\d+\[\]\(\w+:\d+\), VoiceService:1\.\d+\[1\]\(\w+:\d+, \w+:\d+\)$/);
    assert.ok(first.value.length <= 1024);
  }
});

describe("CWMPRetryMinimumWaitInterval and CWMPRetryIntervalMultiplier", () => {
  const MINIMUM = `${SERVER}CWMPRetryMinimumWaitInterval`;
  const MULTIPLIER = `${SERVER}CWMPRetryIntervalMultiplier`;

  test("C-113 a change counts from the next wait on, without a restart", async () => {
    const under = await started("retryIntervals", [
      UNREACHABLE,
      { rpcs: [setValues({ [MINIMUM]: "100", [MULTIPLIER]: "3000" }), notify(2, RING)] },
      UNREACHABLE,
      UNREACHABLE,
    ]);
    const inRange = (low: number, high: number): number => {
      const wait = waitMs(under, "session retry") ?? 0;
      assert.ok(wait >= low * 1000 && wait <= high * 1000, String(wait));
      return wait;
    };
    await under.time.advance(inRange(5, 10));
    await under.time.advance(60_000);
    await userSets(under, RING_KEY, "1");
    await under.time.advance(inRange(100, 300));
    inRange(300, 900);
  });

  test("C-113 without them, and until they are set, the settings count", async () => {
    const under = await started("deviceSummary", [UNREACHABLE]);
    assert.ok((waitMs(under, "session retry") ?? 0) <= 10_000);
    const set = await started("retryIntervals", [UNREACHABLE], {
      keys: { "Config.TR069.ManagementServer.CWMPRetryMinimumWaitInterval": "50" },
    });
    assert.ok((waitMs(set, "session retry") ?? 0) >= 50_000);
  });

  test("C-113 values out of range are refused with 9007", async () => {
    const bad = [{ [MINIMUM]: "0" }, { [MINIMUM]: "65536" }, { [MULTIPLIER]: "999" }, { [MULTIPLIER]: "65536" }];
    const under = await started("retryIntervals", [{ rpcs: bad.map((values) => setValues(values)) }]);
    for (const outcome of under.acs.last.outcomes) {
      assert.ok(outcome.kind === "fault");
      assert.equal(outcome.parameterFaults[0]?.faultCode, 9007);
    }
    assert.equal(under.acs.last.outcomes.length, bad.length);
  });
});

describe("ScheduleReboot and DelayReboot", () => {
  const SCHEDULE = `${SERVER}ScheduleReboot`;
  const DELAY = `${SERVER}DelayReboot`;

  test("C-191 the phone reboots at the time of ScheduleReboot, with 1 BOOT and no M Reboot", async () => {
    const under = await started("scheduledReboot", [{ rpcs: [setValues({ [SCHEDULE]: "2024-05-01T15:30:00Z" })] }]);
    await under.time.advance(3.5 * 3_600_000 - 1000);
    assert.equal(under.acs.sessions.length, 1);
    await under.time.advance(60_000);
    assert.equal(under.acs.sessions.length, 2);
    assert.deepEqual(under.acs.last.eventCodes, ["1 BOOT"]);
    await under.time.advance(86_400_000);
    assert.equal(under.acs.sessions.length, 2, "once: the time lies in the past now");
  });

  test("C-191 a time in the past, and the unknown time, stand for no reboot", async () => {
    for (const never of ["2024-05-01T11:59:59Z", "0001-01-01T00:00:00Z", "2001-01-01T00:00:00Z"]) {
      const under = await started("scheduledReboot", [{ rpcs: [setValues({ [SCHEDULE]: never })] }]);
      await under.time.advance(86_400_000);
      assert.equal(under.acs.sessions.length, 1, never);
    }
  });

  for (const now of ["2000-12-31T23:59:35Z", "1970-01-01T00:00:10Z", "0001-01-01T00:00:00Z"]) {
    test(`C-191 where the data model has neither, nothing is scheduled, also at ${now}`, async () => {
      const under = createAgentUnderTest({ now: Date.parse(now) });
      await under.agent.start();
      await under.time.advance(86_400_000);
      assert.equal(under.acs.sessions.length, 1);
      assert.doesNotMatch(under.log.text(), /scheduled a reboot/);
    });
  }

  test("C-191 a clock that starts in 1970 and is set after the reboot that was scheduled does not bring it again", async () => {
    const under = await started("scheduledReboot", [{ rpcs: [setValues({ [SCHEDULE]: "2024-05-01T13:00:00Z" })] }]);
    await under.time.advance(3_660_000);
    assert.equal(under.acs.sessions.length, 2, "it has come");
    const again = await under.restarted();
    again.time.setWallClock(10_000);
    await again.agent.start();
    await again.time.advance(60_000);
    again.time.setWallClock(Date.parse("2024-05-01T13:02:00Z"));
    await again.time.advance(86_400_000);
    assert.equal(again.acs.sessions.length, 1);
  });

  for (const [jump, at, reboots] of [
    ["a year beyond it", "2025-05-01T12:10:00Z", false],
    ["a little beyond it", "2024-05-01T13:00:01Z", true],
    ["a year back, and right again", "2023-05-01T12:00:00Z", true],
  ] as const) {
    test(`C-191 a clock that is set ${jump}: ${reboots ? "the reboot comes" : "the time lies in the past"}`, async () => {
      const under = await started("scheduledReboot", [{ rpcs: [setValues({ [SCHEDULE]: "2024-05-01T13:00:00Z" })] }]);
      await under.time.advance(600_000);
      under.time.setWallClock(Date.parse(at));
      await under.time.advance(600_000);
      if (at < "2024") under.time.setWallClock(Date.parse("2024-05-01T12:20:00Z"));
      await under.time.advance(3_600_000);
      assert.equal(under.acs.sessions.length, reboots ? 2 : 1);
    });
  }

  test("C-191 the unknown time takes a scheduled reboot back", async () => {
    const under = await started("scheduledReboot", [{ rpcs: [setValues({ [SCHEDULE]: "2024-05-01T13:00:00Z" })] }]);
    await acsSets(under, { [SCHEDULE]: "0001-01-01T00:00:00Z" });
    await under.time.advance(86_400_000);
    assert.equal(under.acs.sessions.length, 2);
  });

  test("C-191 a scheduled reboot is kept over a restart of the agent", async () => {
    const under = await started("scheduledReboot", [{ rpcs: [setValues({ [SCHEDULE]: "2024-05-01T13:00:00Z" })] }]);
    const again = await under.restarted();
    await again.agent.start();
    await again.settle();
    assert.equal(again.acs.sessions.length, 1);
    await again.time.advance(3_660_000);
    assert.deepEqual(again.acs.last.eventCodes, ["1 BOOT"]);
    assert.equal(again.acs.sessions.length, 2);
  });

  test("C-191 a reboot that is due during a session waits for its end", async () => {
    const under = await started("scheduledReboot");
    under.acs.plan({
      rpcs: [setValues({ [SCHEDULE]: "2024-05-01T12:00:10Z" }), rpc("GetRPCMethods", {}), rpc("GetRPCMethods", {})],
      before: (post) => (post === 3 ? under.time.advance(20_000) : undefined),
    });
    under.endpoints[0]?.requested();
    await under.time.advance(60_000);
    assert.equal(under.acs.sessions[1]?.outcomes.length, 3, "the session came to its end");
    assert.equal(under.acs.sessions.length, 3);
    assert.deepEqual(under.acs.last.eventCodes, ["1 BOOT"]);
  });

  test("C-191 DelayReboot counts from the end of the session, and is -1 again after the boot", async () => {
    const under = await started("scheduledReboot", [{ rpcs: [setValues({ [DELAY]: "90" })] }]);
    await under.time.advance(89_000);
    assert.equal(under.acs.sessions.length, 1);
    under.acs.plan({ rpcs: [rpc("GetParameterValues", { parameterNames: [DELAY] })] });
    await under.time.advance(60_000);
    assert.deepEqual(under.acs.last.eventCodes, ["1 BOOT"]);
    assert.deepEqual(response(under.acs.last.outcomes[0]), {
      parameterList: [{ name: DELAY, value: "-1", type: "int" }],
    });
    await under.time.advance(86_400_000);
    assert.equal(under.acs.sessions.length, 2);
  });

  test("C-191 DelayReboot 0 reboots right after the session, -1 takes a delay back, less is refused", async () => {
    const soon = await started("scheduledReboot", [{ rpcs: [setValues({ [DELAY]: "0" })] }]);
    await soon.time.advance(20_000);
    assert.deepEqual(soon.acs.last.eventCodes, ["1 BOOT"]);
    const never = await started("scheduledReboot", [{ rpcs: [setValues({ [DELAY]: "90" })] }]);
    await acsSets(never, { [DELAY]: "-1" });
    await never.time.advance(86_400_000);
    assert.equal(never.acs.sessions.length, 2);
    const refused = await started("scheduledReboot", [{ rpcs: [setValues({ [DELAY]: "-2" })] }]);
    assert.equal(refused.acs.last.outcomes[0]?.kind, "fault");
  });
});

describe("EnableCWMP", () => {
  const ENABLE = `${SERVER}EnableCWMP`;

  test("C-037 set to false it lets the session end, then there is no Inform and no connection request endpoint", async () => {
    const under = await started("enableCwmp", [
      { rpcs: [setValues({ [ENABLE]: "false" }), rpc("GetParameterValues", { parameterNames: [ENABLE] })] },
    ]);
    assert.equal(under.acs.last.ended, true);
    assert.deepEqual(response(under.acs.last.outcomes[1]), {
      parameterList: [{ name: ENABLE, value: "false", type: "boolean" }],
    });
    assert.equal(under.agent.status().retryCount, 0);
    assert.deepEqual(under.endpoints, []);
    await under.time.advance(7 * 86_400_000);
    const again = await under.restarted();
    await again.agent.start();
    await again.time.advance(86_400_000);
    assert.equal(under.acs.sessions.length + again.acs.sessions.length, 1);
  });

  test("C-037 a person at the phone turns it on again, and what was pending is told", async () => {
    const under = await started("enableCwmp", [{ rpcs: [setValues({ [ENABLE]: "false" }), notify(1, RING)] }]);
    await userSets(under, RING_KEY, "1");
    await userSets(under, "Config.TR069.General.Enable", "1");
    assert.equal(under.acs.sessions.length, 2);
    assert.deepEqual(under.acs.last.eventCodes, ["4 VALUE CHANGE"]);
    assert.equal(under.endpoints.length, 1);
  });

  test("C-037 a factory reset in the same session turns it on again", async () => {
    const under = await started("enableCwmp", [{ rpcs: [setValues({ [ENABLE]: "false" }), rpc("FactoryReset", {})] }]);
    await under.time.advance(60_000);
    assert.deepEqual(under.acs.last.eventCodes, ["0 BOOTSTRAP", "1 BOOT"]);
    assert.equal(under.acs.sessions.length, 2);
  });
});

describe("DefaultActiveNotificationThrottle", () => {
  const THROTTLE = `${SERVER}DefaultActiveNotificationThrottle`;
  const throttled = (seconds: string) =>
    started("notificationThrottle", [{ rpcs: [setValues({ [THROTTLE]: seconds }), notify(2, RING)] }]);

  test("C-205 a session for active notification alone waits since the end of the last one", async () => {
    const under = await throttled("300");
    await under.time.advance(100_000);
    await userSets(under, RING_KEY, "1");
    await userSets(under, RING_KEY, "2");
    await under.time.advance(199_000);
    assert.equal(under.acs.sessions.length, 1);
    await under.time.advance(1000);
    assert.deepEqual(under.acs.last.eventCodes, ["4 VALUE CHANGE"]);
    assert.deepEqual(informed(under, RING), ["2"]);
    await under.time.advance(400_000);
    await userSets(under, RING_KEY, "3");
    assert.equal(under.acs.sessions.length, 3, "the time has long gone by: at once");
  });

  test("C-205 a session for another cause comes at once and carries what is held back", async () => {
    const under = await throttled("300");
    await userSets(under, RING_KEY, "1");
    under.endpoints[0]?.requested();
    await under.settle();
    assert.deepEqual(under.acs.last.eventCodes, ["4 VALUE CHANGE", "6 CONNECTION REQUEST"].toReversed());
    await under.time.advance(86_400_000);
    assert.equal(under.acs.sessions.length, 2, "nothing is left to tell");
  });

  test("C-205 a retry is not held back, and failed sessions do not count", async () => {
    const under = await throttled("300");
    under.acs.plan(UNREACHABLE);
    await under.time.advance(300_000);
    await userSets(under, RING_KEY, "1");
    assert.equal(under.acs.sessions.length, 2);
    await under.time.advance(10_000);
    assert.equal(under.acs.sessions.length, 3);
    assert.deepEqual(under.acs.last.eventCodes, ["4 VALUE CHANGE"]);
  });

  test("C-205 after a failed session a new change does not wait", async () => {
    const under = await throttled("300");
    under.acs.plan(UNREACHABLE);
    await under.time.advance(300_000);
    await userSets(under, RING_KEY, "1");
    await userSets(under, RING_KEY, "2");
    assert.equal(under.acs.sessions.length, 3);
    assert.deepEqual(informed(under, RING), ["2"]);
  });

  test("C-205 when nothing active is left to tell, a passive change opens no session", async () => {
    const under = await throttled("300");
    under.acs.plan({ rpcs: [notify(1, "Device.Time.NTPServer1")] });
    await userSets(under, RING_KEY, "1");
    under.endpoints[0]?.requested();
    await under.settle();
    await userSets(under, "Config.Settings.SNTP.NTPServer1", "time.example");
    await under.time.advance(86_400_000);
    assert.equal(under.acs.sessions.length, 2);
  });

  test("C-205 a change during a session is held back from that session's end on", async () => {
    const under = await throttled("300");
    under.acs.plan({ before: (post) => (post === 1 ? userSets(under, RING_KEY, "1") : undefined) });
    under.endpoints[0]?.requested();
    await under.settle();
    await under.time.advance(299_000);
    assert.equal(under.acs.sessions.length, 2);
    await under.time.advance(1000);
    assert.deepEqual(under.acs.last.eventCodes, ["4 VALUE CHANGE"]);
  });

  test("C-205 with 0 nothing is held back; a lower time counts at once", async () => {
    const none = await throttled("0");
    await userSets(none, RING_KEY, "1");
    assert.equal(none.acs.sessions.length, 2);
    const lowered = await throttled("3000");
    await userSets(lowered, RING_KEY, "1");
    await userSets(lowered, "Config.TR069.ManagementServer.DefaultActiveNotificationThrottle", "10");
    await lowered.time.advance(10_000);
    assert.equal(lowered.acs.sessions.length, 2);
  });
});
