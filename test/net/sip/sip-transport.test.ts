import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { createNonces } from "../../../src/connection-request/nonces.ts";
import { createDatagrams } from "../../../src/net/datagrams.ts";
import { createSipTransport, type SipTransportOptions } from "../../../src/net/sip/sip-transport.ts";
import type { SipAccount } from "../../../src/sip/registration/account.ts";
import { Registration } from "../../../src/sip/registration/registration.ts";
import { SipStack } from "../../../src/sip/stack.ts";
import { createTestCa } from "../../helpers/certificates.ts";
import { IPV6_MISSING } from "../../helpers/ipv6.ts";
import { REAL_PORTS, registrarUnderTest } from "../../helpers/registrar.ts";
import { silentLogger } from "../../helpers/silent-logger.ts";

function stackUnderTest(t: TestContext, more: Partial<SipTransportOptions> = {}): SipStack {
  const transport = createSipTransport({
    ...{ datagrams: createDatagrams(silentLogger), address: "127.0.0.1", udpPort: 0 },
    ...{ tls: { minVersion: "TLSv1.2" }, scheduler: REAL_PORTS.scheduler },
    ...more,
  });
  const resolver = { services: async () => [], addresses: async () => ["127.0.0.1"] };
  const nonces = createNonces(REAL_PORTS.clock, REAL_PORTS.random);
  const strangers = { open: () => true, record: () => {} };
  const stack = new SipStack({ ...REAL_PORTS, nonces, transport, resolver, strangers });
  t.after(() => stack.close());
  return stack;
}

type Server = SipAccount["servers"][number];

/** The first status that is Up or Error, with its reason. */
function register(
  stack: SipStack,
  server: Server,
): Promise<{ readonly state: string; readonly registration: Registration }> {
  return new Promise((resolve) => {
    const registration: Registration = new Registration({
      stack,
      account: {
        ...{ user: "1001", display: "", authName: "1001", password: "correct horse", servers: [server], proxy: null },
        ...{ expiresSeconds: 60, localPort: 5062, keepAliveSeconds: 0, userAgent: "Akuvox SP-R53P 53.0.6.45" },
      },
      isConnected: () => true,
      changed: (status, reason) => {
        if (status === "Up" || status === "Error") resolve({ state: reason ?? status, registration });
      },
    });
    stack.attach(registration.line, { request: () => {}, closed: (flow) => registration.closed(flow) });
    registration.start();
  });
}

async function leave(registration: Registration): Promise<void> {
  await registration.stop();
}

for (const [protocol, address, host] of [
  ["UDP", "127.0.0.1", "127.0.0.1"],
  ["TCP", "127.0.0.1", "127.0.0.1"],
  ["UDP", "::1", "::1"],
  ["TCP", "::1", "::1"],
] as const) {
  const skip = host === "::1" ? IPV6_MISSING : false;
  test(`a phone registers over ${protocol} at ${host}, and leaves again`, { skip }, async (t) => {
    const { port, registrar, events } = await registrarUnderTest(t, { address });
    const stack = stackUnderTest(t, { address });
    const { state, registration } = await register(stack, { host, port, protocol });
    assert.equal(state, "Up");
    assert.equal(registrar.bindings.of("1001").length, 1);
    assert.match(events[0]?.from ?? "", new RegExp(`^${protocol} `));
    await leave(registration);
    assert.deepEqual(registrar.bindings.all(), []);
  });
}

test("many phones share one connection and one socket", async (t) => {
  const { port, events } = await registrarUnderTest(t);
  const stack = stackUnderTest(t);
  for (const protocol of ["TCP", "UDP"] as const) {
    const phones = await Promise.all(
      Array.from({ length: 8 }, () => register(stack, { host: "127.0.0.1", port, protocol })),
    );
    assert.ok(phones.every(({ state }) => state === "Up"));
    const senders = new Set(events.filter(({ from }) => from.startsWith(protocol)).map(({ from }) => from));
    assert.equal(senders.size, 1);
    await Promise.all(phones.map(({ registration }) => leave(registration)));
  }
});

test("TLS is spoken with a server whose certificate bears the name that the account has, and with no other", async (t) => {
  const ca = await createTestCa();
  const tls = { port: 0, ...(await ca.issue(["pbx.example"])) };
  const { tlsPort, registrar } = await registrarUnderTest(t, { tls });
  assert.ok(tlsPort !== null);
  const server = { host: "pbx.example", port: tlsPort, protocol: "TLS" } as const;
  const trusting = { tls: { minVersion: "TLSv1.2", ca: ca.ca } as const };
  const { state, registration } = await register(stackUnderTest(t, trusting), server);
  assert.equal(state, "Up");
  await leave(registration);
  const other = await register(stackUnderTest(t, trusting), { ...server, host: "other.example" });
  assert.match(other.state, /other\.example.*does not match certificate/);
  other.registration.drop();
  const unknown = await register(stackUnderTest(t), server);
  unknown.registration.drop();
  assert.match(unknown.state, /the CA that issued its certificate is not trusted here: .*tls\.ca/);
  assert.deepEqual(registrar.bindings.all(), []);
});

test("a certificate that has expired is an error that says what to do", async (t) => {
  const ca = await createTestCa();
  const tls = { port: 0, ...(await ca.issue(["127.0.0.1"], { expired: true })) };
  const { tlsPort } = await registrarUnderTest(t, { tls });
  const stack = stackUnderTest(t, { tls: { minVersion: "TLSv1.2", ca: ca.ca } });
  const { state, registration } = await register(stack, { host: "127.0.0.1", port: tlsPort, protocol: "TLS" });
  registration.drop();
  assert.match(state, /: its certificate has expired: renew it there, or set this host's clock right$/);
});

test("RFC 5626 3.5.1: a keep-alive over a connection is answered with one empty line", async (t) => {
  const { port } = await registrarUnderTest(t);
  const socket = connect(port, "127.0.0.1");
  t.after(() => socket.destroy());
  socket.write("\r\n\r\n");
  const [bytes] = await once(socket, "data");
  assert.equal(String(bytes), "\r\n");
});

test("a registrar whose messages have no length over a connection is told apart from what is no SIP", async (t) => {
  const server = createServer((socket) => void socket.end("SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP a\r\n\r\n"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { state, registration } = await register(stackUnderTest(t), { host: "127.0.0.1", port, protocol: "TCP" });
  registration.drop();
  assert.match(state, /: a message over a connection needs a Content-Length$/);
});

test("a port that nobody listens on, and a server that speaks no SIP, are errors that say so", async (t) => {
  const server = createServer((socket) => void socket.end("220 mail.example ESMTP\r\n\r\n"));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const stack = stackUnderTest(t);
  const one = await register(stack, { host: "127.0.0.1", port: address.port, protocol: "TCP" });
  assert.match(one.state, /the data received is not SIP/);
  one.registration.drop();
  server.close();
  const two = await register(stack, { host: "127.0.0.1", port: address.port, protocol: "TCP" });
  assert.match(two.state, /it refuses connections/);
  two.registration.drop();
});

test("a phone that speaks SIP on loopback says why it reaches no server elsewhere", async (t) => {
  const { state, registration } = await register(stackUnderTest(t), { host: "192.0.2.1", port: 5060, protocol: "UDP" });
  assert.match(state, /on 127\.0\.0\.1 only, which reaches no other machine: set backend\.sipAddress$/);
  registration.drop();
});

test("a UDP port that nobody uses any more is free for others", async (t) => {
  const datagrams = createDatagrams(silentLogger);
  const transport = createSipTransport({
    ...{ datagrams, address: "127.0.0.1", udpPort: null },
    ...{ tls: { minVersion: "TLSv1.2" }, scheduler: REAL_PORTS.scheduler },
  });
  t.after(() => transport.close());
  const probe = await datagrams.bind({ address: "127.0.0.1", port: 0, onMessage: () => {} });
  const { port } = probe.local;
  await probe.close();
  const leave = [transport.usePort(port), transport.usePort(port)];
  const target = { host: "127.0.0.1", port: 9, protocol: "UDP", name: "" } as const;
  assert.equal((await transport.open(target, port)).local.port, port);
  leave[0]?.();
  leave[0]?.();
  const bind = () => datagrams.bind({ address: "127.0.0.1", port, onMessage: () => {} });
  await assert.rejects(bind, "the other account still uses it");
  leave[1]?.();
  await new Promise((resolve) => setImmediate(resolve));
  await (await bind()).close();
  assert.equal((await transport.open(target, port)).local.port, port, "it is opened again when it is needed");
});
