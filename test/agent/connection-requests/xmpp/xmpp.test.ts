import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { XmppAnswer, XmppElement } from "../../../../src/ports/xmpp.ts";
import {
  type AgentUnderTest,
  type AgentUnderTestOptions,
  createAgentUnderTest,
} from "../../../helpers/agent-under-test.ts";
import {
  faultOf,
  getValues,
  notify,
  parameterFaultsOf,
  response,
  setValues,
  userSets,
  valuesOf,
} from "../../../helpers/calls.ts";
import type { FakeXmppLink } from "../../../helpers/fake-xmpp.ts";
import { type Outcome, rpc } from "../../../helpers/scripted-acs.ts";

const TABLE = "Device.XMPP.Connection.";
const ROW = `${TABLE}1.`;
const SERVER = "Device.ManagementServer.";
const NAMESPACE = "urn:broadband-forum-org:cwmp:xmppConnReq-1-0";
const JID = "phone@xmpp.example/cpe";
const ACS = "acs@xmpp.example/main";
const ADD = rpc("AddObject", { objectName: TABLE, parameterKey: "" });
const CONNECTION = {
  [`${ROW}Enable`]: "true",
  [`${ROW}Username`]: "phone",
  [`${ROW}Password`]: "a secret of XMPP",
  [`${ROW}Domain`]: "xmpp.example",
  [`${ROW}Resource`]: "cpe",
  [`${SERVER}ConnReqXMPPConnection`]: `${TABLE}1`,
};

async function started(options: AgentUnderTestOptions = {}): Promise<AgentUnderTest> {
  const under = createAgentUnderTest({ ...options, extensions: ["xmpp"] });
  await under.agent.start();
  await under.settle();
  return under;
}

/** Waits no longer than it must, so that no retry comes due. */
async function acsDoes(under: AgentUnderTest, ...rpcs: ReturnType<typeof rpc>[]): Promise<readonly Outcome[]> {
  under.acs.plan({ rpcs });
  under.endpoints[0]?.requested();
  await under.settle();
  return under.acs.last.outcomes;
}

/** A phone with one connection, as an ACS sets it up. */
async function connecting(values: Readonly<Record<string, string>> = {}): Promise<AgentUnderTest> {
  const under = await started();
  const outcomes = await acsDoes(under, ADD, setValues({ ...CONNECTION, ...values }));
  assert.deepEqual(outcomes.map(faultOf), ["response", "response"]);
  return under;
}

async function online(values: Readonly<Record<string, string>> = {}): Promise<AgentUnderTest> {
  const under = await connecting(values);
  latest(under).listener.online(JID, true);
  await under.settle();
  return under;
}

function latest({ xmpp }: AgentUnderTest): FakeXmppLink {
  const link = xmpp.links.at(-1);
  assert.ok(link !== undefined, "no connection was begun");
  return link;
}

function request(username: string, password: string): XmppElement {
  const child = (name: string, text: string) => ({ namespace: NAMESPACE, name, text });
  return {
    namespace: NAMESPACE,
    name: "connectionRequest",
    children: [child("username", username), child("password", password)],
  };
}

/** The answer; the session follows once it has left. */
async function ask(under: AgentUnderTest, from = ACS, element = request("acs", "knock")): Promise<XmppAnswer> {
  const { answer, sent } = latest(under).listener.request(from, element);
  sent?.();
  await under.settle();
  return answer;
}

async function read(under: AgentUnderTest, ...names: readonly string[]): Promise<readonly string[]> {
  const [outcome] = await acsDoes(under, getValues(...names));
  const values = valuesOf(outcome);
  return names.map((name) => values[name] ?? "missing");
}

const retryMs = ({ time }: AgentUnderTest): number => {
  const timer = time.pendingTimers().find(({ name }) => name === "XMPP reconnect");
  assert.ok(timer !== undefined, "no reconnect is planned");
  return timer.dueMs - time.clock.monotonic();
};

describe("the table of connections", () => {
  test("C-280 without the extension there is nothing of it, and no connection", async () => {
    const under = createAgentUnderTest();
    await under.agent.start();
    await under.settle();
    const [outcome] = await acsDoes(under, getValues("Device.XMPP."));
    assert.equal(faultOf(outcome), 9005);
    assert.equal(under.xmpp.links.length, 0);
  });

  test("C-163 C-252 it starts empty, takes four rows and their servers, and their numbers never come again", async () => {
    const under = await started();
    const count = `Device.XMPP.ConnectionNumberOfEntries`;
    assert.deepEqual(await read(under, count, `${SERVER}SupportedConnReqMethods`), ["0", "HTTP,XMPP"]);
    const added = await acsDoes(under, ADD, ADD, ADD, ADD, ADD);
    assert.deepEqual(
      added.slice(0, 4).map(response),
      [1, 2, 3, 4].map((instanceNumber) => ({ instanceNumber, status: 0 })),
    );
    assert.equal(faultOf(added[4]), 9004);
    const servers = rpc("AddObject", { objectName: `${TABLE}3.Server.`, parameterKey: "" });
    const deleted = rpc("DeleteObject", { objectName: `${TABLE}3.`, parameterKey: "" });
    const [server, , again] = await acsDoes(under, servers, deleted, ADD);
    assert.deepEqual(
      [response(server), response(again)],
      [1, 5].map((instanceNumber) => ({ instanceNumber, status: 0 })),
    );
    assert.deepEqual(await read(under, count, `${TABLE}5.ServerNumberOfEntries`), ["4", "0"]);
    assert.deepEqual(await read(await under.restarted().then(startedAgain), count), ["4"]);
  });

  test("C-257 a new row has the standard's defaults, and its Password never shows", async () => {
    const under = await connecting();
    const names = ["Attempts", "RetryInitialInterval", "RetryIntervalMultiplier", "RetryMaxInterval"];
    const defaults = names.map((name) => `${ROW}Server${name === "Attempts" ? "ConnectAttempts" : name}`);
    assert.deepEqual(await read(under, ...defaults, `${ROW}Password`), ["16", "60", "2000", "30720", ""]);
    assert.doesNotMatch(under.log.text(), /a secret of XMPP/);
  });

  test("C-269 ConnReqXMPPConnection names a row that is there, and is emptied with it", async () => {
    const under = await started();
    const name = `${SERVER}ConnReqXMPPConnection`;
    const wrong = [`${TABLE}1`, `${TABLE}1.`, "Device.XMPP.Connection", "Device.LAN.VoiceService.1", "1"];
    for (const value of wrong) {
      const [outcome] = await acsDoes(under, setValues({ [name]: value }));
      assert.deepEqual(parameterFaultsOf(outcome), { [name]: 9007 }, value);
    }
    await acsDoes(under, ADD, setValues({ [name]: `${TABLE}1` }));
    assert.deepEqual(await read(under, name), [`${TABLE}1`]);
    await acsDoes(under, rpc("DeleteObject", { objectName: ROW, parameterKey: "" }));
    assert.deepEqual(await read(under, name), [""]);
  });
});

async function startedAgain(under: AgentUnderTest): Promise<AgentUnderTest> {
  await under.agent.start();
  await under.settle();
  return under;
}

describe("a connection", () => {
  test("C-252 C-258 it follows its parameters, and tells how it stands", async () => {
    const under = await connecting({ [`${ROW}UseTLS`]: "true", [`${ROW}KeepAliveInterval`]: "90" });
    const { account, listener } = latest(under);
    assert.deepEqual(
      [account.username, account.password, account.domain, account.resource, account.host, account.port],
      ["phone", "a secret of XMPP", "xmpp.example", "cpe", "xmpp.example", 5222],
    );
    assert.deepEqual([account.forceTls, account.keepAliveSeconds], [true, 90]);
    const names = [`${ROW}Status`, `${ROW}TLSEstablished`, `${ROW}JabberID`];
    assert.deepEqual(await read(under, ...names), ["Connecting", "false", ""]);
    listener.online(JID, true);
    await under.settle();
    assert.deepEqual(await read(under, ...names), ["Enabled", "true", JID]);
    listener.ended("unreachable", "gone");
    await under.settle();
    assert.deepEqual(await read(under, ...names), ["ServerNotPresent", "false", JID]);
  });

  test("a change of its parameters begins it anew, a change of others leaves it alone", async () => {
    const under = await online();
    await acsDoes(under, setValues({ [`${SERVER}ConnReqAllowedJabberIDs`]: "acs@xmpp.example" }));
    assert.equal(under.xmpp.links.length, 1);
    await acsDoes(under, setValues({ [`${ROW}Password`]: "another" }));
    assert.deepEqual(
      under.xmpp.links.map(({ closed }) => closed),
      [true, false],
    );
    assert.equal(latest(under).account.password, "another");
    await acsDoes(under, setValues({ [`${ROW}Enable`]: "false" }));
    assert.deepEqual(
      under.xmpp.links.map(({ closed }) => closed),
      [true, true],
    );
    assert.deepEqual(await read(under, `${ROW}Status`), ["Disabled"]);
  });

  test("it is closed while TR-069 is off, and when the agent stops", async () => {
    const under = await online();
    await userSets(under, "Config.TR069.General.Enable", "0");
    assert.equal(latest(under).closed, true);
    await userSets(under, "Config.TR069.General.Enable", "1");
    assert.equal(latest(under).closed, false);
    await under.agent.stop();
    assert.equal(latest(under).closed, true);
  });

  test("without a name, a domain or a server it is misconfigured", async () => {
    for (const gap of [{ Username: "" }, { Domain: "" }, { ServerConnectAlgorithm: "ServerTable" }]) {
      const values = Object.fromEntries(Object.entries(gap).map(([name, value]) => [ROW + name, value]));
      const under = await connecting(values);
      assert.equal(under.xmpp.links.length, 0);
      assert.deepEqual(await read(under, `${ROW}Status`), ["Error_Misconfigured"]);
    }
  });

  test("servers come from the table by priority, and each has its attempts", async () => {
    const under = await started();
    const add = rpc("AddObject", { objectName: `${ROW}Server.`, parameterKey: "" });
    const server = (number: number, values: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [`${ROW}Server.${number}.${name}`, value]));
    await acsDoes(
      under,
      ...[ADD, add, add, add],
      setValues({
        ...server(1, { Enable: "true", ServerAddress: "second.example", Priority: "2" }),
        ...server(2, { Enable: "true", ServerAddress: "2001:db8::1", Priority: "1", Port: "5299" }),
        ...server(3, { Enable: "false", ServerAddress: "never.example", Priority: "0" }),
        ...CONNECTION,
        [`${ROW}ServerConnectAlgorithm`]: "ServerTable",
        [`${ROW}ServerConnectAttempts`]: "2",
      }),
    );
    for (let failure = 0; failure < 5; failure++) {
      latest(under).listener.ended("unreachable", "no");
      await under.time.advance(retryMs(under));
    }
    const [first, second] = ["2001:db8::1:5299", "second.example:5222"];
    const tried = under.xmpp.links.map(({ account }) => `${account.host}:${account.port}`);
    assert.deepEqual(tried, [first, first, second, second, first, first]);
  });

  test("servers come from DNS, and a failure of DNS is a failed attempt", async () => {
    const under = await started();
    under.xmpp.records = new Error("DNS is down");
    await acsDoes(under, ADD, setValues(CONNECTION));
    assert.deepEqual([under.xmpp.links.length, await read(under, `${ROW}Status`)], [0, ["ServerNotPresent"]]);
    under.xmpp.records = [{ host: "s1.example", port: 5223, priority: 5, weight: 0 }];
    await under.time.advance(retryMs(under));
    assert.deepEqual([latest(under).account.host, latest(under).account.port], ["s1.example", 5223]);
  });

  test("C-257 the n-th wait is random from 0 to Initial times Multiplier to the power of n - 1, and never above the maximum", async () => {
    const under = await connecting({ [`${ROW}ServerRetryMaxInterval`]: "400" });
    const waits: number[] = [];
    for (let failure = 0; failure < 12; failure++) {
      latest(under).listener.ended("authentication", "no");
      waits.push(retryMs(under) / 1000);
      await under.time.advance(retryMs(under));
    }
    for (const [index, wait] of waits.entries()) assert.ok(wait <= Math.min(60 * 2 ** index, 400), `${index}: ${wait}`);
    assert.ok(Math.max(...waits.slice(3)) > 120, "it grows");
    assert.ok(new Set(waits).size === waits.length, "it is random");
    assert.deepEqual(await read(under, `${ROW}Status`), ["Connecting"]);
  });
});

describe("the Jabber ID", () => {
  const NAME = `${SERVER}ConnReqJabberID`;
  const told = ({ acs }: AgentUnderTest): readonly string[] =>
    acs.sessions.flatMap(({ inform, eventCodes }) =>
      eventCodes.includes("4 VALUE CHANGE")
        ? inform.parameterList.flatMap(({ name, value }) => (name === NAME ? [value] : []))
        : [],
    );

  test("C-256 it is told at once, kept while the connection is lost, and not told again", async () => {
    const under = await online();
    assert.deepEqual(told(under), [JID]);
    latest(under).listener.ended("unreachable", "gone");
    await under.settle();
    assert.deepEqual(await read(under, NAME), [JID]);
    await under.time.advance(retryMs(under));
    latest(under).listener.online(JID, true);
    await under.settle();
    assert.deepEqual(told(under), [JID]);
  });

  test("C-256 it outlives a restart, and a new one is told", async () => {
    const again = await startedAgain(await (await online()).restarted());
    assert.deepEqual([await read(again, NAME), told(again)], [[JID], []]);
    latest(again).listener.online("phone@xmpp.example/other", true);
    await again.settle();
    assert.deepEqual(told(again), ["phone@xmpp.example/other"]);
  });

  test("C-256 notification can be switched off", async () => {
    const under = await connecting();
    const [outcome] = await acsDoes(under, notify(0, NAME));
    assert.equal(faultOf(outcome), "response");
    latest(under).listener.online(JID, true);
    await under.settle();
    assert.deepEqual(told(under), []);
  });

  test("C-256 it is empty where no connection takes requests", async () => {
    const under = await online({ [`${SERVER}ConnReqXMPPConnection`]: "" });
    assert.deepEqual(await read(under, NAME, `${ROW}JabberID`), ["", JID]);
  });
});

describe("a request", () => {
  const events = ({ acs }: AgentUnderTest): readonly string[] => acs.last.eventCodes;

  test("C-253 C-255 with the right credentials it is answered, then comes a session with 6 CONNECTION REQUEST", async () => {
    const under = await online();
    const { answer, sent } = latest(under).listener.request(ACS, request("acs", "knock"));
    const before = under.acs.sessions.length;
    await under.settle();
    assert.deepEqual([answer, under.acs.sessions.length], ["result", before]);
    sent?.();
    await under.settle();
    assert.deepEqual([under.acs.sessions.length, events(under)], [before + 1, ["6 CONNECTION REQUEST"]]);
  });

  const refused: readonly (readonly [string, XmppAnswer, XmppElement])[] = [
    ["C-255 with a wrong password", "not-authorized", request("acs", "Knock")],
    ["C-255 with a wrong name", "not-authorized", request("ACS", "knock")],
    ["C-255 with nothing in it", "not-authorized", request("", "")],
    ["C-253 in another namespace", "service-unavailable", { ...request("acs", "knock"), namespace: "urn:other" }],
    ["C-253 with another name", "service-unavailable", { ...request("acs", "knock"), name: "other" }],
    [
      "C-253 without a password",
      "bad-request",
      { ...request("acs", "knock"), children: request("acs", "").children.slice(1) },
    ],
    [
      "C-253 with more than the schema has",
      "bad-request",
      { ...request("acs", "knock"), children: [...request("acs", "knock").children, ...request("a", "b").children] },
    ],
  ];
  for (const [what, expected, element] of refused) {
    test(`${what} it is refused with ${expected}, and nothing follows`, async () => {
      const under = await online();
      const before = under.acs.sessions.length;
      assert.equal(await ask(under, ACS, element), expected);
      assert.equal(under.acs.sessions.length, before);
      assert.doesNotMatch(under.log.text(), /knock/i);
    });
  }

  test("C-254 empty credentials of the phone let nobody in", async () => {
    const under = await online({ [`${SERVER}ConnectionRequestPassword`]: "" });
    assert.equal(await ask(under, ACS, request("acs", "")), "not-authorized");
  });

  test("C-254 a bare Jabber ID allows every resource, a full one itself, an empty list everybody", async () => {
    const under = await online();
    const asked = async (allowed: string): Promise<readonly XmppAnswer[]> => {
      await acsDoes(under, setValues({ [`${SERVER}ConnReqAllowedJabberIDs`]: allowed }));
      return [
        await ask(under, ACS),
        await ask(under, "ACS@XMPP.example/Main"),
        await ask(under, "acs@xmpp.example.org/main"),
      ];
    };
    const [yes, no] = ["result", "service-unavailable"];
    assert.deepEqual(await asked(""), [yes, yes, yes]);
    assert.deepEqual(await asked("other@xmpp.example, acs@xmpp.example"), [yes, yes, no]);
    assert.deepEqual(await asked("acs@xmpp.example/main"), [yes, no, no]);
    assert.deepEqual(await asked("acs@xmpp.example/Main"), [no, yes, no]);
  });

  test("C-252 on another connection than the chosen one it is refused", async () => {
    const under = await online({ [`${SERVER}ConnReqXMPPConnection`]: "" });
    assert.equal(await ask(under), "service-unavailable");
  });

  test("C-255 more than thirty in a minute are refused, until the minute is over", async () => {
    const under = await online();
    const answers: XmppAnswer[] = [];
    for (let count = 0; count < 31; count++) answers.push(await ask(under));
    assert.deepEqual(
      [answers.filter((answer) => answer === "result").length, answers.at(-1)],
      [30, "service-unavailable"],
    );
    await under.time.advance(60_000);
    assert.equal(await ask(under), "result");
  });

  test("C-285 a flood of wrong ones is one line in the log", async () => {
    const under = await online();
    for (let count = 0; count < 100; count++) await ask(under, ACS, request("acs", "guess"));
    assert.equal(under.log.at("warn").filter(({ message }) => message.includes("refused")).length, 1);
  });
});
