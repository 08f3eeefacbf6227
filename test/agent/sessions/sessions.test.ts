import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ENABLE_KEY } from "../../../src/agent/core/acs-settings.ts";
import { AgentError } from "../../../src/cwmp/errors.ts";
import type { AcsTransport } from "../../../src/ports/acs-transport.ts";
import { type MeteredSession, NO_METER } from "../../../src/ports/meter.ts";
import { type AgentUnderTest, createAgentUnderTest } from "../../helpers/agent-under-test.ts";
import { userSets } from "../../helpers/calls.ts";
import { assertValidEnvelopes, SCHEMAS_MISSING } from "../../helpers/schema.ts";
import { createScriptedAcs, type Outcome, rpc, type SessionPlan, UNREACHABLE } from "../../helpers/scripted-acs.ts";

async function started(...plans: readonly SessionPlan[]): Promise<AgentUnderTest> {
  const under = createAgentUnderTest();
  under.acs.plan(...plans);
  await under.agent.start();
  await under.settle();
  return under;
}

const faultCodes = (outcomes: readonly Outcome[]): readonly (number | string)[] =>
  outcomes.map((outcome) => (outcome.kind === "fault" ? outcome.faultCode : outcome.name));

const FAULT = (code: number): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:dslforum-org:cwmp-1-2"><s:Header><c:ID s:mustUnderstand="1">1</c:ID></s:Header><s:Body><s:Fault><faultcode>Server</faultcode><faultstring>CWMP fault</faultstring><detail><c:Fault><FaultCode>${code}</FaultCode><FaultString>x</FaultString></c:Fault></detail></s:Fault></s:Body></s:Envelope>`;

const envelope = (body: string, header = '<c:ID s:mustUnderstand="1">acs-1</c:ID>'): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:dslforum-org:cwmp-1-2" xmlns:f="urn:foreign"><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;

describe("sessions that go wrong", () => {
  test("C-108 C-110 C-100 a failed session is retried in the table's ranges until one succeeds, and RetryCount says how often", async () => {
    const { acs, time, agent } = await started(UNREACHABLE, UNREACHABLE, UNREACHABLE);
    assert.equal(acs.sessions.length, 1);
    const waits: number[] = [];
    for (let retry = 1; retry <= 3; retry++) {
      const due = time.pendingTimers().find(({ name }) => name === "session retry")?.dueMs ?? Number.NaN;
      waits.push(due - time.clock.monotonic());
      await time.advance(due - time.clock.monotonic());
    }
    const inRange = (wait: number | undefined, low: number, high: number): boolean =>
      wait !== undefined && wait >= low * 1000 && wait <= high * 1000;
    assert.ok(inRange(waits[0], 5, 10) && inRange(waits[1], 10, 20) && inRange(waits[2], 20, 40), String(waits));
    assert.equal(acs.sessions.length, 4);
    assert.equal(acs.last.inform.retryCount, 3);
    assert.deepEqual(acs.last.eventCodes, ["0 BOOTSTRAP", "1 BOOT"]);
    assert.equal(agent.status().retryCount, 0);
    assert.deepEqual(time.pendingTimers(), []);
  });

  test("C-109 C-114 a new event does not wait for the retry", async () => {
    const { acs, endpoints, settle } = await started(UNREACHABLE);
    endpoints[0]?.requested();
    await settle();
    assert.deepEqual(acs.last.eventCodes, ["0 BOOTSTRAP", "1 BOOT", "6 CONNECTION REQUEST"]);
    assert.equal(acs.last.inform.retryCount, 1);
  });

  test("C-083 C-085 C-108 C-110 C-223 a failed connection request is retried as 2 PERIODIC, until a session succeeds", async () => {
    const { acs, agent, endpoints, time, settle } = await started({}, UNREACHABLE, UNREACHABLE);
    endpoints[0]?.requested();
    await settle();
    assert.equal(acs.sessions.length, 2);
    for (const [low, high] of [
      [5_000, 10_000],
      [10_000, 20_000],
    ] as const) {
      const waitMs = agent.status().retryInMs ?? Number.NaN;
      assert.ok(waitMs >= low && waitMs <= high, String(waitMs));
      await time.advance(waitMs);
    }
    assert.deepEqual(acs.last.eventCodes, ["2 PERIODIC"]);
    assert.equal(acs.last.inform.retryCount, 2);
    assert.deepEqual([agent.status().retryCount, agent.status().retryInMs], [0, null]);
    await time.advance(600_000);
    assert.equal(acs.sessions.length, 4);
  });

  test("C-083 C-085 C-110 a session that is cut off after the InformResponse is retried, so that the ACS can make its requests", async () => {
    const { acs, agent, time, log } = await started({
      reply: (post) => (post === 0 ? undefined : new AgentError("ACS_UNREACHABLE", "cut off")),
    });
    assert.deepEqual([agent.status().retryCount, acs.last.eventCodes], [1, ["0 BOOTSTRAP", "1 BOOT"]]);
    assert.match(log.text(), /Trying again/);
    acs.plan({ rpcs: [rpc("GetRPCMethods", {})] });
    await time.advance(10_000);
    assert.deepEqual([acs.last.eventCodes, acs.last.inform.retryCount], [["2 PERIODIC"], 1]);
    assert.deepEqual(faultCodes(acs.last.outcomes), ["GetRPCMethods"]);
    assert.equal(agent.status().retryCount, 0);
  });

  test("a retry that waits when TR-069 is turned off waits no longer, and none comes", async () => {
    const under = await started(UNREACHABLE);
    assert.equal(under.agent.status().phase, "waiting");
    await userSets(under, ENABLE_KEY, "0");
    assert.deepEqual([under.agent.status().phase, under.agent.status().retryInMs], ["idle", null]);
    await under.time.advance(600_000);
    assert.equal(under.acs.sessions.length, 1);
    await userSets(under, ENABLE_KEY, "1");
    assert.deepEqual([under.acs.sessions.length, under.agent.status().retryCount], [2, 0]);
  });

  test("a retry that there is nobody to try with is neither announced nor held", async () => {
    const under = createAgentUnderTest();
    const turnOff = async (): Promise<void> =>
      under.reportForeign(await under.settings.stage(new Map([[ENABLE_KEY, "0"]])).apply());
    under.acs.plan({}, { before: turnOff, ...UNREACHABLE });
    await under.agent.start();
    await under.settle();
    under.endpoints[0]?.requested();
    await under.settle();
    assert.deepEqual([under.agent.status().retryCount, under.agent.status().retryInMs], [1, null]);
    assert.doesNotMatch(under.log.text(), /Trying again/);
    await userSets(under, ENABLE_KEY, "1");
    assert.deepEqual(under.acs.last.eventCodes, ["2 PERIODIC"], "it is owed a session as soon as TR-069 is on again");
  });

  test("C-223 a connection request is not retried with the rest of a failed session", async () => {
    const { acs, endpoints, time, settle } = await started(UNREACHABLE, UNREACHABLE);
    endpoints[0]?.requested();
    await settle();
    await time.advance(60_000);
    assert.deepEqual(acs.last.eventCodes, ["0 BOOTSTRAP", "1 BOOT"]);
    assert.equal(acs.sessions.length, 3);
  });

  test("C-110 C-100 after a success the table and RetryCount begin again", async () => {
    const { acs, agent, time, settle } = await started(UNREACHABLE, UNREACHABLE, UNREACHABLE, {}, UNREACHABLE);
    await time.advance(120_000);
    assert.equal(acs.sessions.length, 4);
    await agent.local.inform("2 PERIODIC");
    await settle();
    assert.equal(acs.sessions.length, 5);
    assert.equal(agent.status().retryCount, 1);
    const waitMs = agent.status().retryInMs ?? Number.NaN;
    assert.ok(waitMs >= 5_000 && waitMs <= 10_000, String(waitMs));
  });

  for (const [what, reply] of [
    ["text that is no XML", "not xml"],
    ["a DOCTYPE", '<!DOCTYPE x [<!ENTITY e "e">]><x/>'],
    ["two RPCs in one Body", envelope("<c:InformResponse/><c:InformResponse/>")],
    ["a fault that is not well-formed, as GenieACS sends it", "<s:Envelope><s:Body:Fault></s:Body:Fault></s:Envelope>"],
    ["a request in place of the InformResponse", envelope("<c:GetRPCMethods/>")],
    ["nothing", null],
    ["fault 8001", FAULT(8001)],
    ["HTTP 500", new AgentError("ACS_HTTP_STATUS", "the ACS answered 500", { status: 500 })],
  ] as const) {
    test(`C-063 C-076 C-112 an Inform answered with ${what} fails the session once, and the events stay`, async () => {
      const { acs, time, agent } = await started({ reply: () => reply });
      assert.equal(agent.status().retryCount, 1);
      assert.equal(acs.last.ended, true);
      await time.advance(10_000);
      assert.deepEqual(acs.last.eventCodes, ["0 BOOTSTRAP", "1 BOOT"]);
      assert.equal(acs.last.inform.retryCount, 1);
    });
  }

  test("C-077 after fault 8005 the very same Inform goes out again in the session, within a bound", async () => {
    const { acs } = await started({ reply: (post) => (post < 3 ? FAULT(8005) : undefined) });
    assert.equal(acs.sessions.length, 1);
    assert.equal(new Set(acs.last.posts.slice(0, 4)).size, 1);
    const looping = await started({ reply: () => FAULT(8005) });
    assert.equal(looping.acs.sessions[0]?.posts.length, 11);
    assert.equal(looping.agent.status().retryCount, 1);
  });

  test("C-058 C-060 C-061 C-062 what cannot be served is answered with a fault, and the session goes on", async () => {
    const replies = [
      envelope("<c:Kicked/>"),
      envelope("<f:GetParameterValues/>"),
      envelope("<c:GetParameterNames><NextLevel>1</NextLevel></c:GetParameterNames>"),
      envelope(
        "<c:Reboot><CommandKey>k</CommandKey></c:Reboot>",
        '<f:Secret s:mustUnderstand="1">x</f:Secret><c:ID s:mustUnderstand="1">acs-1</c:ID>',
      ),
    ];
    const { acs, agent } = await started({
      reply: (post) => (post >= 1 ? (replies[post - 1] ?? undefined) : undefined),
    });
    const bodies = acs.sessions[0]?.posts.slice(2) ?? [];
    assert.equal(bodies.length, 4);
    assert.match(bodies[0] ?? "", /<FaultCode>9000<\/FaultCode>/);
    assert.match(bodies[1] ?? "", /<FaultCode>9000<\/FaultCode>/);
    assert.match(bodies[2] ?? "", /<FaultCode>9003<\/FaultCode>/);
    assert.match(bodies[3] ?? "", /MustUnderstand/);
    assert.equal(agent.status().phase, "idle", "C-062: the Reboot was not executed");
    assert.equal(agent.status().retryCount, 0);
  });

  for (const [what, id] of [
    ["another", "null"],
    ["an empty", ""],
    ["a padded", "\n 1 \n"],
  ] as const) {
    test(`C-043 an InformResponse with ${what} cwmp:ID is the answer: nothing else is outstanding`, async () => {
      const under = await started({
        reply: (post) =>
          post === 0
            ? envelope("<c:InformResponse/>", `<c:ID s:mustUnderstand="1">${id}</c:ID>`)
            : post === 1
              ? envelope("<c:GetRPCMethods/>")
              : undefined,
      });
      assert.equal(under.agent.status().retryCount, 0);
      const warnings = under.log.lines.filter(({ message }) => /another cwmp:ID/.test(message));
      assert.equal(warnings.length, what === "a padded" ? 0 : 1);
    });
  }

  for (const [what, reply] of [
    ["an envelope with an empty Body", envelope("")],
    ["one with blanks in its Body", envelope("\n  \n")],
    ["one with a comment in its Body", envelope("<!-- nothing more -->")],
    ["a line end", "\r\n"],
    ["blanks behind a byte order mark", "\uFEFF \n"],
  ] as const) {
    test(`C-005 C-075 ${what} in place of an empty message ends the session`, async () => {
      const { acs, agent } = await started({ reply: (post) => (post === 1 ? reply : undefined) });
      assert.equal(agent.status().retryCount, 0);
      assert.equal(acs.last.posts.length, 2);
    });
  }

  test("at debug each RPC of a session is told, in both directions, without what it says", async () => {
    const under = createAgentUnderTest();
    under.acs.plan({
      rpcs: [rpc("GetRPCMethods", {}), rpc("GetParameterValues", { parameterNames: ["Device.Nothing"] })],
    });
    await under.agent.start();
    await under.settle();
    const told = under.log.at("debug").map(({ message }) => message);
    assert.deepEqual(
      told.filter((message) => /^The ACS (?:called|answered)/.test(message)),
      ["The ACS answered Inform", "The ACS called GetRPCMethods", "The ACS called GetParameterValues"],
    );
    await under.agent.stop();
  });

  test("what the ACS leaves out is told once in a session", async () => {
    const replies = [
      envelope(`<c:Reboot/>`),
      envelope(`<c:Reboot/>`),
      envelope("<c:GetParameterNames><ParameterPath>Device.Time.</ParameterPath></c:GetParameterNames>"),
    ];
    const under = await started({ reply: (post) => (post >= 1 ? (replies[post - 1] ?? undefined) : undefined) });
    assert.doesNotMatch(under.acs.sessions[0]?.posts.join("") ?? "", /FaultCode/);
    const lines = under.log.lines.filter(({ message }) => /leaves out/.test(message));
    assert.deepEqual(
      lines.map(({ message }) => message),
      ["The ACS acs.example:7547 leaves out Reboot.CommandKey, GetParameterNames.NextLevel: read as empty, 0 or false"],
    );
  });

  test("C-283 an ACS that goes on making requests is left after as many as the settings allow, and the next session is like any other", async () => {
    const under = createAgentUnderTest({ sessionLimits: { maxRpcs: 3, maxMs: 3_600_000 } });
    under.acs.plan({ reply: (post) => (post === 0 ? undefined : envelope("<c:GetRPCMethods/>")) });
    await under.agent.start();
    await under.settle();
    assert.equal(under.acs.sessions[0]?.posts.length, 5);
    assert.equal(under.agent.status().retryCount, 1);
    assert.match(under.log.text(), /makes more than 3 requests in one session/);
    under.endpoints[0]?.requested();
    await under.settle();
    assert.deepEqual(under.acs.last.eventCodes, ["6 CONNECTION REQUEST"]);
    assert.equal(under.agent.status().retryCount, 0);
  });

  test("C-283 a session that takes too long is given up", async (t) => {
    const under = createAgentUnderTest({ sessionLimits: { maxRpcs: 100, maxMs: 60_000 } });
    under.acs.plan({
      reply: (post) => (post === 0 ? undefined : envelope("<c:GetRPCMethods/>")),
      before: (post) => {
        if (post === 2) t.mock.method(under.time.clock, "monotonic", () => 60_001);
      },
    });
    await under.agent.start();
    await under.settle();
    assert.equal(under.agent.status().retryCount, 1);
    assert.match(under.log.text(), /has lasted more than 1 minutes/);
  });

  test("C-283 between the parts of the work on a large message others get their turn", async (t) => {
    const names = "<string>Device.Time.NTPServer1</string>".repeat(3_000);
    const large = envelope(`<c:GetParameterValues><ParameterNames>${names}</ParameterNames></c:GetParameterValues>`);
    const under = createAgentUnderTest();
    under.acs.plan({ reply: (post) => (post === 1 ? large : undefined) });
    const after = t.mock.method(under.time.scheduler, "after");
    await under.agent.start();
    await under.settle();
    const turns = after.mock.calls.filter(({ arguments: [, name] }) => name === "large message");
    assert.equal(turns.length, 2);
    assert.match(under.acs.last.posts.join(""), /GetParameterValuesResponse/);
  });

  test("C-048 a version that was not offered fails the session", async () => {
    const { agent } = await started({
      reply: (post) =>
        post === 0
          ? envelope(
              "<c:InformResponse><MaxEnvelopes>1</MaxEnvelopes></c:InformResponse>",
              '<c:ID s:mustUnderstand="1">1</c:ID><c:UseCWMPVersion s:mustUnderstand="1">2.0</c:UseCWMPVersion>',
            )
          : undefined,
    });
    assert.equal(agent.status().retryCount, 1);
  });

  test("C-050 an ACS that speaks cwmp-1-0 is answered in cwmp-1-0", async () => {
    const old = (body: string, id: string): string =>
      envelope(body, `<c:ID s:mustUnderstand="1">${id}</c:ID>`).replaceAll("cwmp-1-2", "cwmp-1-0");
    const { acs } = await started({
      reply: (post) => {
        if (post === 0) return old("<c:InformResponse><MaxEnvelopes>1</MaxEnvelopes></c:InformResponse>", "1");
        return post === 1 ? old("<c:GetRPCMethods/>", "x") : null;
      },
    });
    assert.match(acs.last.posts[0] ?? "", /urn:dslforum-org:cwmp-1-2/);
    assert.match(acs.last.posts[2] ?? "", /urn:dslforum-org:cwmp-1-0/);
    assert.match(acs.last.posts[2] ?? "", />x<\/cwmp:ID>/);
  });

  test("stopping breaks off a session under way and keeps its events", async () => {
    const under = createAgentUnderTest();
    let broken = false;
    under.acs.plan({
      before: async () => {
        void under.agent.stop();
        broken = true;
      },
      reply: () => new AgentError("SESSION_ABORTED", "stopped"),
    });
    await under.agent.start();
    await under.settle();
    assert.ok(broken);
    const again = await under.restarted();
    await again.agent.start();
    await again.settle();
    assert.deepEqual(again.acs.last.eventCodes, ["0 BOOTSTRAP", "1 BOOT"]);
  });
});

describe("sessions that go right", () => {
  test("C-079 C-219 C-220 connection requests during a session lead to exactly one session after it", async () => {
    const under = createAgentUnderTest();
    under.acs.plan({
      before: (post) => {
        if (post !== 1) return;
        under.endpoints[0]?.requested();
        under.endpoints[0]?.requested();
      },
    });
    await under.agent.start();
    await under.settle();
    assert.deepEqual(
      under.acs.sessions.map(({ eventCodes }) => eventCodes),
      [["0 BOOTSTRAP", "1 BOOT"], ["6 CONNECTION REQUEST"]],
    );
    assert.equal(under.acs.sessions[0]?.ended, true);
  });

  test("a session took as long as its connection says, wherever that is told, and where it says nothing as long as it took here", async () => {
    const acs = createScriptedAcs();
    const measured: AcsTransport = {
      open: (target, signal) => ({ ...acs.open(target, signal), tookMs: () => 1234 }),
    };
    for (const [transport, expected] of [
      [measured, 1234],
      [acs, 0],
    ] as const) {
      const under = createAgentUnderTest({
        transport,
        meter: { ...NO_METER, sessionEnded: (one) => lengths.push(one) },
      });
      const lengths: MeteredSession[] = [];
      await under.agent.start();
      await under.settle();
      assert.equal((await under.agent.local.status()).lastSession?.durationMs, expected);
      assert.deepEqual(
        lengths.map(({ durationMs }) => durationMs),
        [expected],
      );
      const complete = under.log.lines.find(({ message }) => message === "Session complete");
      assert.equal(complete?.fields.durationMs, expected);
      await under.agent.stop();
    }
  });

  test("C-103 C-105 PERIODIC comes on the phase that the ACS sets, at once and after a restart", async () => {
    const under = createAgentUnderTest({ now: Date.UTC(2026, 0, 1, 0, 0, 30) });
    const values = {
      "Device.ManagementServer.PeriodicInformEnable": "1",
      "Device.ManagementServer.PeriodicInformInterval": "300",
      "Device.ManagementServer.PeriodicInformTime": "2020-06-01T00:01:00.000Z",
    };
    const parameterList = Object.entries(values).map(([name, value]) => ({ name, value, type: null }));
    under.acs.plan({ rpcs: [rpc("SetParameterValues", { parameterList, parameterKey: "" })] });
    await under.agent.start();
    await under.time.advance(700_000);
    assert.deepEqual(
      under.acs.sessions.slice(1).map(({ eventCodes, inform }) => [eventCodes.join(), inform.currentTime]),
      [
        ["2 PERIODIC", "2026-01-01T00:01:00+00:00"],
        ["2 PERIODIC", "2026-01-01T00:06:00+00:00"],
        ["2 PERIODIC", "2026-01-01T00:11:00+00:00"],
      ],
    );
    const again = await under.restarted();
    await again.agent.start();
    await again.time.advance(300_000);
    assert.equal(again.acs.last.inform.currentTime, "2026-01-01T00:16:00+00:00");
  });

  test("C-082 C-188 C-189 C-087 a Reboot happens after the session and is told with BOOT and one M Reboot per call", async () => {
    const { acs, agent, settle, time } = await started({
      rpcs: [rpc("Reboot", { commandKey: "one" }), rpc("Reboot", { commandKey: "zwei €" }), rpc("GetRPCMethods", {})],
    });
    assert.deepEqual(faultCodes(acs.sessions[0]?.outcomes ?? []), ["Reboot", "Reboot", "GetRPCMethods"]);
    assert.equal(agent.status().phase, "rebooting");
    assert.equal(acs.sessions.length, 1);
    await time.advance(5_000);
    await settle();
    assert.deepEqual(acs.last.inform.event, [
      { eventCode: "1 BOOT", commandKey: "" },
      { eventCode: "M Reboot", commandKey: "one" },
      { eventCode: "M Reboot", commandKey: "zwei €" },
    ]);
    assert.equal(agent.status().phase, "idle");
  });

  test("C-224 while the phone reboots nobody can knock", async () => {
    const { endpoints, time } = await started({ rpcs: [rpc("Reboot", { commandKey: "" })] });
    assert.equal(endpoints.length, 0);
    await time.advance(5_000);
    assert.equal(endpoints.length, 1);
  });

  test("C-082 C-190 C-131 a FactoryReset brings everything back and bootstraps", async () => {
    const path = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_DisplayName";
    const { acs, time, agent, settings } = await started({
      rpcs: [
        rpc("SetParameterValues", {
          parameterList: [{ name: path, value: "Ann", type: "string" }],
          parameterKey: "k1",
        }),
        rpc("SetParameterAttributes", {
          parameterList: [
            { name: path, notificationChange: true, notification: 2, accessListChange: false, accessList: [] },
          ],
        }),
        rpc("DeleteObject", { objectName: "Device.LAN.VoiceService.1.VoiceProfile.3.", parameterKey: "k2" }),
        rpc("Reboot", { commandKey: "lost with the reset" }),
        rpc("FactoryReset", {}),
      ],
    });
    assert.deepEqual(
      faultCodes(acs.sessions[0]?.outcomes ?? []).filter((code) => typeof code === "number"),
      [],
    );
    acs.plan({
      rpcs: [
        rpc("GetParameterValues", { parameterNames: [path, "Device.ManagementServer.ParameterKey"] }),
        rpc("GetParameterAttributes", { parameterNames: [path] }),
        rpc("GetParameterNames", { parameterPath: "Device.LAN.VoiceService.1.VoiceProfile.", nextLevel: true }),
      ],
    });
    await time.advance(5_000);
    assert.deepEqual(
      acs.last.inform.event.map(({ eventCode }) => eventCode),
      ["0 BOOTSTRAP", "1 BOOT"],
    );
    const [values, attributes, names] = acs.last.outcomes;
    assert.ok(values?.kind === "response" && attributes?.kind === "response" && names?.kind === "response");
    assert.match(JSON.stringify(values.response), /"value":"".*"value":""/);
    assert.match(JSON.stringify(attributes.response), /"notification":0/);
    assert.equal(JSON.stringify(names.response).match(/writable/g)?.length, 3);
    assert.equal(settings.get("Config.Account1.GENERAL.DisplayName") ?? "", "");
    assert.equal(agent.status().phase, "idle");
  });

  test("what the CPE says in these sessions validates against the official schemas", {
    skip: SCHEMAS_MISSING,
  }, async () => {
    const { acs, time } = await started({
      rpcs: [
        rpc("GetRPCMethods", {}),
        rpc("GetParameterNames", { parameterPath: "", nextLevel: false }),
        rpc("GetParameterValues", { parameterNames: ["Device."] }),
        rpc("GetParameterAttributes", { parameterNames: ["Device.LAN."] }),
        rpc("GetParameterValues", { parameterNames: ["Device.Nowhere"] }),
        rpc("SetParameterValues", {
          parameterList: [{ name: "Device.DeviceInfo.UpTime", value: "1", type: null }],
          parameterKey: "",
        }),
        rpc("AddObject", { objectName: "Device.LAN.VoiceService.1.VoiceProfile.", parameterKey: "" }),
        rpc("Reboot", { commandKey: "key" }),
      ],
    });
    await time.advance(10_000);
    assert.ok(acs.envelopes.length >= 9);
    await assertValidEnvelopes(acs.envelopes);
  });
});
