import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AgentError, type AgentErrorCode } from "../../../src/cwmp/errors.ts";
import type { Backend } from "../../../src/ports/backend.ts";
import {
  type AgentUnderTest,
  type AgentUnderTestOptions,
  createAgentUnderTest,
} from "../../helpers/agent-under-test.ts";
import { rpc, type SessionPlan, UNREACHABLE } from "../../helpers/scripted-acs.ts";

const CONNECTION_REQUEST_URL = "Device.ManagementServer.ConnectionRequestURL";
const SOFTWARE_VERSION = "Device.DeviceInfo.SoftwareVersion";
const LAN_ADDRESS = "Status.Network.LAN.IPAddress";
const ENABLE = "Config.TR069.General.Enable";

async function started(options: AgentUnderTestOptions, ...plans: readonly SessionPlan[]): Promise<AgentUnderTest> {
  const under = createAgentUnderTest(options);
  under.acs.plan(...plans);
  await under.agent.start();
  await under.settle();
  return under;
}

const notify = (notification: number, name: string) =>
  rpc("SetParameterAttributes", {
    parameterList: [{ name, notificationChange: true, notification, accessListChange: false, accessList: [] }],
  });
const valueIn = ({ acs }: AgentUnderTest, name: string) =>
  acs.last.inform.parameterList.find((parameter) => parameter.name === name)?.value;

describe("events in the Informs", () => {
  test("C-088 C-086 an event that was not delivered stands in every following Inform until it is", async () => {
    const settings = {
      PeriodicInformEnable: "1",
      PeriodicInformInterval: "3600",
      PeriodicInformTime: "2020-01-01T00:00:00Z",
    };
    const parameterList = Object.entries(settings).map(([name, value]) => ({
      name: `Device.ManagementServer.${name}`,
      value,
      type: null,
    }));
    const under = await started(
      {},
      { rpcs: [rpc("SetParameterValues", { parameterList, parameterKey: "" })] },
      UNREACHABLE,
      UNREACHABLE,
      UNREACHABLE,
    );
    const informs: string[][] = [];
    under.acs.plan({});
    await under.time.advance(3_600_000);
    under.endpoints[0]?.requested();
    await under.time.advance(120_000);
    for (const { posts } of under.acs.sessions.slice(1)) {
      informs.push([...(posts[0] ?? "").matchAll(/<EventCode>(.*)<\/EventCode>/g)].map(([, code]) => code ?? ""));
    }
    assert.ok(informs.length >= 4);
    for (const codes of informs) assert.ok(codes.includes("2 PERIODIC"), codes.join());
    assert.equal(informs.flat().filter((code) => code === "6 CONNECTION REQUEST").length, 1, "C-223");
  });

  test("C-085 only M events have a CommandKey", async () => {
    const under = await started({}, { rpcs: [rpc("Reboot", { commandKey: "x".repeat(32) })] });
    await under.time.advance(5_000);
    assert.deepEqual(
      under.acs.last.inform.event.map(({ eventCode, commandKey }) => [eventCode, commandKey.length]),
      [
        ["1 BOOT", 0],
        ["M Reboot", 32],
      ],
    );
  });

  test("C-107 C-203 firmware that was changed is a value change where the ACS asked for notification", async () => {
    const options: AgentUnderTestOptions = {};
    const under = await started(options, { rpcs: [notify(2, SOFTWARE_VERSION)] });
    options.softwareVersion = "53.30.1.9";
    const again = await under.restarted();
    await again.agent.start();
    await again.settle();
    assert.deepEqual(again.acs.last.eventCodes, ["1 BOOT", "4 VALUE CHANGE"]);
    assert.equal(valueIn(again, SOFTWARE_VERSION), "53.30.1.9");
  });

  test("C-107 without notification the new version is told, but is no value change", async () => {
    const options: AgentUnderTestOptions = {};
    const under = await started(options);
    options.softwareVersion = "53.30.1.9";
    const again = await under.restarted();
    await again.agent.start();
    await again.settle();
    assert.deepEqual(again.acs.last.eventCodes, ["1 BOOT"]);
    assert.equal(valueIn(again, SOFTWARE_VERSION), "53.30.1.9");
  });

  for (const code of [
    "ACS_UNREACHABLE",
    "ACS_TIMEOUT",
    "ACS_TLS",
    "ACS_AUTHENTICATION",
    "ACS_REDIRECTS",
    "ACS_MESSAGE",
    "ACS_MESSAGE_TOO_LARGE",
  ] as const satisfies readonly AgentErrorCode[]) {
    test(`C-112 C-100 a session that fails with ${code} counts once`, async () => {
      const failing: SessionPlan = { reply: () => new AgentError(code, "x") };
      const under = await started({}, failing, failing);
      assert.equal(under.agent.status().retryCount, 1);
      await under.time.advance(10_000);
      assert.equal(under.acs.last.posts.length, 1);
      assert.match(under.acs.last.posts[0] ?? "", /<RetryCount>1<\/RetryCount>/);
      assert.equal(under.agent.status().retryCount, 2);
    });
  }
});

describe("the connection-request URL", () => {
  const moving =
    (address: { now: string }) =>
    (inner: Backend): Backend => ({
      ...inner,
      async read(keys) {
        const values = new Map(await inner.read(keys));
        if (keys.includes(LAN_ADDRESS)) values.set(LAN_ADDRESS, address.now);
        return values;
      },
    });
  const host = (url: string | undefined): string => /^http:\/\/([^:]*|\[.*\]):7547\//.exec(url ?? "")?.[1] ?? `${url}`;

  for (const [notification, sessions] of [
    [2, 2],
    [0, 1],
  ] as const) {
    test(`C-225 follows the LAN address, and with notification ${notification} that leads to ${sessions - 1} session`, async () => {
      const address = { now: "192.0.2.20" };
      const under = await started(
        { wrapBackend: moving(address) },
        { rpcs: [notify(notification, CONNECTION_REQUEST_URL)] },
      );
      assert.equal(host(valueIn(under, CONNECTION_REQUEST_URL)), "192.0.2.20");
      address.now = "2001:db8::7";
      under.reportForeign([{ key: LAN_ADDRESS, before: "192.0.2.20", after: address.now }]);
      await under.settle();
      assert.equal(under.acs.sessions.length, sessions);
      under.endpoints[0]?.requested();
      await under.settle();
      assert.equal(host(valueIn(under, CONNECTION_REQUEST_URL)), "[2001:db8::7]");
      if (sessions === 2) assert.deepEqual(under.acs.sessions[1]?.eventCodes, ["4 VALUE CHANGE"]);
    });
  }

  test("C-224 turning TR-069 off closes the connection request endpoint, and turning it on opens it again under the same URL", async () => {
    const under = await started({});
    const turn = async (value: string): Promise<void> => {
      under.reportForeign(await under.settings.stage(new Map([[ENABLE, value]])).apply());
      await under.settle();
    };
    await turn("0");
    assert.equal(under.endpoints.length, 0);
    const sessions = under.acs.sessions.length;
    await turn("1");
    assert.equal(under.endpoints.length, 1);
    assert.equal(under.acs.sessions.length, sessions, "nothing has happened that the ACS must know");
    under.endpoints[0]?.requested();
    await under.settle();
    assert.equal(host(valueIn(under, CONNECTION_REQUEST_URL)), "192.0.2.20");
  });

  test("C-222 C-219 several accepted requests before the session are one event, and one session is really tried", async () => {
    const under = await started({});
    for (let count = 0; count < 3; count++) under.endpoints[0]?.requested();
    await under.settle();
    assert.deepEqual(
      under.acs.sessions.slice(1).map(({ eventCodes }) => eventCodes),
      [["6 CONNECTION REQUEST"]],
    );
  });
});

test("C-029 C-094 C-099 C-106 what is not offered is not in the tree: compression, diagnostics, InformParameter, heartbeat", async () => {
  const under = await started({}, { rpcs: [rpc("GetParameterNames", { parameterPath: "", nextLevel: false })] });
  const names = JSON.stringify(under.acs.last.outcomes);
  assert.match(names, /Device\.DeviceInfo\.UpTime/);
  assert.doesNotMatch(names, /HTTPCompression|DiagnosticsState|InformParameter|Heartbeat/);
});

describe("cwmp:ID", () => {
  const request = (body: string, id: string): string =>
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:dslforum-org:cwmp-1-2"><s:Header>${id}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
  const withId = (id: string): string => `<c:ID s:mustUnderstand="1">${id}</c:ID>`;

  test("C-042 C-043 each request has exactly one answer, response or fault, with its ID, and none without one", async () => {
    const requests = [
      request("<c:GetRPCMethods/>", withId(" a&amp;1 ")),
      request("<c:Nonsense/>", withId("b")),
      request(
        "<c:GetParameterValues><ParameterNames><string>No.</string></ParameterNames></c:GetParameterValues>",
        withId("c"),
      ),
      request("<c:GetRPCMethods/>", ""),
    ];
    const under = await started({}, { reply: (post) => (post === 0 ? undefined : (requests[post - 1] ?? null)) });
    const answers = under.acs.last.posts.slice(2);
    assert.deepEqual(
      answers.map((answer) => /<cwmp:ID soap:mustUnderstand="1">(.*)<\/cwmp:ID>/.exec(answer ?? "")?.[1]),
      [" a&amp;1 ", "b", "c", undefined],
    );
    assert.deepEqual(
      answers.map((answer) => /<FaultCode>(\d+)/.exec(answer ?? "")?.[1]),
      [undefined, "9000", "9005", undefined],
    );
  });
});
