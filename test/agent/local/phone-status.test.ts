import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createSessionHistory, type SessionOutcome } from "../../../src/agent/core/session-history.ts";
import {
  type AgentUnderTest,
  type AgentUnderTestOptions,
  createAgentUnderTest,
} from "../../helpers/agent-under-test.ts";
import { rpc, type SessionPlan, UNREACHABLE } from "../../helpers/scripted-acs.ts";

const NOON = Date.UTC(2024, 4, 1, 12);

async function started(options: AgentUnderTestOptions, ...plans: readonly SessionPlan[]): Promise<AgentUnderTest> {
  const under = createAgentUnderTest(options);
  under.acs.plan(...plans);
  await under.agent.start();
  await under.settle();
  return under;
}

describe("the status of a phone", () => {
  test("tells who it is, and its last session", async () => {
    const under = await started({}, { rpcs: [rpc("GetRPCMethods", {})] });
    await under.time.advance(90_000);
    const status = await under.agent.local.status();
    assert.deepEqual(status.identity, {
      manufacturer: "Akuvox",
      oui: "0C1105",
      modelName: "SP-R53P",
      productClass: "SP-R53P",
      serialNumber: "0C1105ABCDEF",
      softwareVersion: "53.0.6.45",
      hardwareVersion: "53.0.0.0.0.0.0.0",
      macAddress: "0C:11:05:AB:CD:EF",
      ipAddress: "192.0.2.20",
      upTime: 90,
    });
    assert.deepEqual(status.lastSession, {
      successful: true,
      events: ["0 BOOTSTRAP", "1 BOOT"],
      startedAt: NOON,
      durationMs: 0,
      served: 1,
      failure: null,
    });
    const { phase, tr069Enabled, acsUrl, retryCount, retryAt, nextInformAt, sessions, pendingEvents } = status;
    assert.deepEqual(
      { phase, tr069Enabled, acsUrl, retryCount, retryAt, nextInformAt, sessions, pendingEvents },
      {
        phase: "idle",
        tr069Enabled: true,
        acsUrl: "http://acs.example:7547/cwmp",
        retryCount: 0,
        retryAt: null,
        nextInformAt: null,
        sessions: 1,
        pendingEvents: [],
      },
    );
  });

  test("tells why the last session failed, when the next is tried, and what waits for it", async () => {
    const under = await started({}, UNREACHABLE);
    const status = await under.agent.local.status();
    assert.deepEqual([status.phase, status.retryCount], ["waiting", 1]);
    assert.deepEqual(status.lastSession?.failure, { code: "ACS_UNREACHABLE", message: "the ACS is out of reach" });
    assert.deepEqual(
      status.pendingEvents.map(({ code }) => code),
      ["0 BOOTSTRAP", "1 BOOT"],
    );
    const { retryAt } = status;
    assert.ok(retryAt !== null && retryAt >= NOON + 5000 && retryAt <= NOON + 10_000, String(retryAt));
    under.time.setWallClock(NOON + 86_400_000);
    const later = (await under.agent.local.status()).retryAt ?? 0;
    assert.equal(later - retryAt, 86_400_000, "a clock that is set does not move the wait");
    await under.time.advance(10_000);
    assert.deepEqual((await under.agent.local.status()).retryAt, null);
  });

  test("tells a session that runs, and the next periodic Inform", async () => {
    const under = await started({
      keys: {
        "Config.TR069.ManagementServer.PeriodicInformEnable": "1",
        "Config.TR069.ManagementServer.PeriodicInformInterval": "600",
      },
    });
    const { nextInformAt } = await under.agent.local.status();
    assert.ok(nextInformAt !== null && nextInformAt > NOON && nextInformAt <= NOON + 600_000);
    const phases: string[] = [];
    under.acs.plan({ before: async () => void phases.push((await under.agent.local.status()).phase) });
    await under.time.advance(nextInformAt - NOON);
    assert.deepEqual(phases, ["session", "session"]);
    assert.deepEqual(under.acs.last.eventCodes, ["2 PERIODIC"]);
  });

  test("TR-069 that is turned off, and an ACS that is not set, are told", async () => {
    const off = await started({ keys: { "Config.TR069.General.Enable": "0" } });
    const { tr069Enabled, sessions, lastSession } = await off.agent.local.status();
    assert.deepEqual([tr069Enabled, sessions, lastSession], [false, 0, null]);
    const none = await started({ keys: { "Config.TR069.ManagementServer.URL": "" } });
    assert.equal((await none.agent.local.status()).acsUrl, "");
  });

  test("accounts that are set up, and how they are registered", async () => {
    const under = await started({
      keys: {
        "Config.Account2.GENERAL.Enable": "1",
        "Config.Account2.GENERAL.UserName": "1002",
        "Config.Account2.SIP.Server": "sip.example",
      },
    });
    await under.time.advance(60_000);
    const { accounts } = await under.agent.local.status();
    assert.deepEqual(
      accounts.map(({ number }) => number),
      [1, 2, 3],
    );
    assert.deepEqual(accounts[0], {
      ...{ number: 1, userName: "", server: "", enable: "Disabled", line: "Disabled" },
      ...{ reason: "", calls: "" },
    });
    assert.equal(accounts[1]?.enable, "Enabled");
    assert.equal(accounts[1]?.userName, "1002");
  });

  test("holds no secret, also not one that somebody has put into the ACS's URL", async () => {
    const url = "http://me:hush@acs.example/";
    const under = await started({ keys: { "Config.TR069.ManagementServer.URL": url } }, UNREACHABLE);
    const status = await under.agent.local.status();
    assert.doesNotMatch(JSON.stringify(status), /hush|secret|knock/);
  });

  test("the sessions are counted over reboots", async () => {
    const under = await started({});
    await under.agent.local.reboot();
    await under.time.advance(60_000);
    assert.equal((await under.agent.local.status()).sessions, 2);
  });
});

describe("the history of sessions", () => {
  const outcome: SessionOutcome = {
    successful: true,
    events: ["2 PERIODIC"],
    startedAt: NOON,
    durationMs: 5,
    served: 0,
    failure: null,
  };

  test("keeps the last one, counts, and tells those who listen until they have heard enough", () => {
    const history = createSessionHistory();
    assert.deepEqual([history.last, history.count], [null, 0]);
    const heard: string[] = [];
    const forget = history.onEnd(({ startedAt }) => heard.push(`a${startedAt}`));
    history.onEnd(({ startedAt }) => heard.push(`b${startedAt}`));
    history.ended({ ...outcome, startedAt: 1 });
    forget();
    forget();
    history.ended({ ...outcome, startedAt: 2 });
    assert.deepEqual(heard, ["a1", "b1", "b2"]);
    assert.deepEqual([history.last?.startedAt, history.count], [2, 2]);
  });

  test("one that leaves while it is told does not keep the others from hearing", () => {
    const history = createSessionHistory();
    const heard: string[] = [];
    const forget = history.onEnd(() => {
      heard.push("once");
      forget();
    });
    history.onEnd(() => heard.push("always"));
    history.ended(outcome);
    history.ended(outcome);
    assert.deepEqual(heard, ["once", "always", "always"]);
  });
});
