import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createUdpConnectionRequests } from "../../src/connection-request/udp/listener.ts";
import type { XmppElement } from "../../src/ports/xmpp.ts";
import { answer, startPhone } from "../connection-request/fixture.ts";
import { acceptedRequests } from "../helpers/accepted-requests.ts";
import { createAgentUnderTest } from "../helpers/agent-under-test.ts";
import { setValues } from "../helpers/calls.ts";
import { createFakeNetwork } from "../helpers/fake-network.ts";
import { createFakeTime } from "../helpers/fake-time.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";
import { moved, testMetricSet } from "../helpers/samples.ts";
import { rpc } from "../helpers/scripted-acs.ts";
import { seededRandom } from "../helpers/seeded-random.ts";
import { udpRequest } from "../helpers/udp-request.ts";

const counted = (transport: string, result: string, count = 1) => ({
  [`connection_requests_total{transport="${transport}",result="${result}"}`]: count,
});

test("each request over HTTP counts once, by what became of it", async (t) => {
  const set = testMetricSet();
  const rates = { perEndpoint: { count: 1, windowMs: 60_000 }, whole: { count: 9, windowMs: 1000 } };
  const { connect, endpoint } = await startPhone(t, { meter: set.meter, ...rates });
  const path = `/${endpoint.token}`;
  const client = await connect();
  const steps = (headers: Record<string, string> = {}, target = path) => moved(set, () => client.get(target, headers));
  const challenge = async () => (await client.get(path)).header("www-authenticate") ?? assert.fail("no challenge");
  assert.deepEqual(await steps(), counted("http", "challenged"));
  assert.deepEqual(await steps({}, "/elsewhere"), counted("http", "not_found"));
  const first = { Authorization: answer(await challenge()) };
  assert.deepEqual(await steps(first), counted("http", "accepted"));
  assert.deepEqual(await steps(first), counted("http", "stale"));
  const wrong = { Authorization: answer(await challenge(), { password: "guess" }) };
  assert.deepEqual(await steps(wrong), counted("http", "unauthorized"));
  assert.deepEqual(await steps({ Authorization: answer(await challenge()) }), counted("http", "limited"));
  endpoint.availableNow = false;
  assert.deepEqual(await steps({ Authorization: answer(await challenge()) }), counted("http", "unavailable"));
  endpoint.credentialsNow = { username: "", password: "" };
  assert.deepEqual(await steps(), counted("http", "not_configured"));
});

test("each datagram that is a request, or was meant to be one, counts once; a copy does not", async () => {
  const set = testMetricSet();
  const time = createFakeTime();
  const network = createFakeNetwork(time);
  const requests = createUdpConnectionRequests({
    datagrams: network.machine("203.0.113.5"),
    address: null,
    port: 7547,
    always: true,
    padding: "rfc3489",
    rate: { count: 30, windowMs: 60_000 },
    ...time,
    random: seededRandom(),
    log: createMemoryLogger(),
    meter: set.meter,
  });
  const listener = await requests.listen({
    credentials: () => ({ username: "acs", password: "knock" }),
    ...acceptedRequests(),
    bound: () => {},
  });
  const acs = await network.machine("198.51.100.9").bind({ address: null, port: 0, onMessage: () => {} });
  const sendRequest = (bytes: Uint8Array) =>
    moved(set, async () => {
      acs.send(bytes, { host: "203.0.113.5", port: 7547 });
      await time.advance(1000);
    });
  assert.deepEqual(await sendRequest(udpRequest({ ts: 5 })), counted("udp", "accepted"));
  assert.deepEqual(await sendRequest(udpRequest({ ts: 5 })), {});
  assert.deepEqual(await sendRequest(udpRequest({ ts: 4 })), counted("udp", "replayed"));
  assert.deepEqual(await sendRequest(udpRequest({ ts: 6, password: "guess" })), counted("udp", "unauthorized"));
  assert.deepEqual(await sendRequest(Buffer.from("GET / HTTP/1.1\r\n\r\n")), counted("udp", "malformed"));
  await listener.close();
});

describe("over XMPP", () => {
  const NAMESPACE = "urn:broadband-forum-org:cwmp:xmppConnReq-1-0";
  const element = (password: string, name = "connectionRequest"): XmppElement => ({
    namespace: NAMESPACE,
    name,
    children: [
      { namespace: NAMESPACE, name: "username", text: "acs" },
      { namespace: NAMESPACE, name: "password", text: password },
    ],
  });

  test("each request counts once, by what became of it", async () => {
    const set = testMetricSet();
    const under = createAgentUnderTest({ extensions: ["xmpp"], meter: set.meter });
    const row = "Device.XMPP.Connection.1.";
    under.acs.plan({
      rpcs: [
        rpc("AddObject", { objectName: "Device.XMPP.Connection.", parameterKey: "" }),
        setValues({
          [`${row}Enable`]: "true",
          [`${row}Username`]: "phone",
          [`${row}Domain`]: "xmpp.example",
          "Device.ManagementServer.ConnReqXMPPConnection": "Device.XMPP.Connection.1",
          "Device.ManagementServer.ConnReqAllowedJabberIDs": "acs@xmpp.example",
        }),
      ],
    });
    await under.agent.start();
    await under.settle();
    const link = under.xmpp.links.at(-1) ?? assert.fail("no connection was begun");
    link.listener.online("phone@xmpp.example/cpe", true);
    await under.settle();
    const ask = (from: string, asked: XmppElement) => moved(set, async () => link.listener.request(from, asked));
    const acs = "acs@xmpp.example/main";
    assert.deepEqual(await ask(acs, element("knock")), counted("xmpp", "accepted"));
    assert.deepEqual(await ask(acs, element("guess")), counted("xmpp", "unauthorized"));
    assert.deepEqual(await ask(acs, element("knock", "ping")), counted("xmpp", "malformed"));
    assert.deepEqual(await ask("stranger@xmpp.example", element("knock")), counted("xmpp", "not_allowed"));
    for (let at = 0; at < 29; at++) link.listener.request(acs, element("knock"));
    assert.deepEqual(await ask(acs, element("knock")), counted("xmpp", "limited"));
    await under.agent.stop();
  });
});
