import assert from "node:assert/strict";
import { test } from "node:test";
import { headerOf, headersOf } from "../../../src/sip/message/message.ts";
import type { RegistrarOptions } from "../../../src/sip/registrar/registrar.ts";
import type { SipAccount } from "../../../src/sip/registration/account.ts";
import { createFakeSip, type FakeSip, type SipServer, scriptedServer } from "../../helpers/fake-sip.ts";
import { ACCOUNT, registering, registrarIn } from "./fixture.ts";

function withRegistrar(more: Partial<RegistrarOptions> = {}, account: Partial<SipAccount> = {}) {
  const world = createFakeSip();
  const registrar = registrarIn(world, more);
  world.servers.set("192.0.2.1:5060", registrar.listener.received);
  return { world, registrar, ...registering(world, account) };
}

const methods = (world: FakeSip): string[] => world.lines().map((line) => line.split(" ")[2] ?? "");

test("a REGISTER is byte for byte what RFC 3261 asks for", async () => {
  const { world, registration } = withRegistrar();
  registration.start();
  await world.time.advance(0);
  const text = world.sent[0]?.text ?? "";
  const hidden = text.replace(/branch=z9hG4bK[0-9a-f]{20}/, "branch=B").replace(/[0-9a-f]{16}/g, "T");
  assert.equal(
    hidden,
    [
      "REGISTER sip:192.0.2.1 SIP/2.0",
      "Via: SIP/2.0/UDP 192.0.2.50:5062;branch=B;rport",
      "Max-Forwards: 70",
      'From: "Front desk" <sip:1001@192.0.2.1>;tag=T',
      "To: <sip:1001@192.0.2.1>",
      "Call-ID: T",
      "CSeq: 1 REGISTER",
      "Contact: <sip:1001@192.0.2.50:5062;line=T>",
      "Expires: 1800",
      "User-Agent: Akuvox SP-R53P 53.0.6.45",
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n"),
  );
});

test("with the right password the line comes up, and a refresh with the same nonce costs one request", async () => {
  const { world, registrar, registration, states } = withRegistrar({ nonceSeconds: 86_400 });
  registration.start();
  await world.time.advance(1_000);
  assert.deepEqual(states, ["Registering", "Up"]);
  assert.deepEqual(
    registrar.bindings.of("1001").map(({ userAgent }) => userAgent),
    ["Akuvox SP-R53P 53.0.6.45"],
  );
  assert.equal(world.sent.length, 2, "the challenge, and the answer to it");
  assert.equal(world.stack.transactions.waiting, 0, "what is answered is kept no longer");
  await world.time.advance(1_800_000);
  assert.equal(world.sent.length, 3);
  const last = world.sent[2]?.message;
  assert.match(
    headerOf(last ?? { headers: [], body: new Uint8Array(), fault: null }, "Authorization") ?? "",
    /nc=00000002/,
  );
  assert.ok((world.sent[2]?.atMs ?? 0) >= 1_350_000 && (world.sent[2]?.atMs ?? 0) < 1_620_000, "before it ends");
  assert.equal(registrar.bindings.of("1001").length, 1);
});

test("a nonce that is too old is answered anew, and the line stays up", async () => {
  const { world, registration, states } = withRegistrar({ nonceSeconds: 60 });
  registration.start();
  await world.time.advance(1_700_000);
  assert.deepEqual(methods(world), ["REGISTER", "REGISTER", "REGISTER", "REGISTER"]);
  assert.deepEqual(new Set(states), new Set(["Registering", "Up"]));
  assert.equal(states.filter((state) => state === "Registering").length, 1);
});

test("a wrong password is an error that says so, and is tried again later and later", async () => {
  const { world, registration, states } = withRegistrar({}, { password: "wrong" });
  registration.start();
  await world.time.advance(1_000);
  assert.equal(states.at(-1), "Error: 192.0.2.1:5060: 401 Unauthorized: it does not accept the user name and password");
  await world.time.advance(3_600_000);
  const tries = world.sent.length / 2;
  assert.ok(tries >= 3 && tries <= 12, `${tries} tries in an hour`);
  assert.ok(world.sent.every(({ text }) => !text.includes("wrong")));
});

test("a registrar that asks for a password where none is set is told as such", async () => {
  const { world, registration, states } = withRegistrar({}, { password: "" });
  registration.start();
  await world.time.advance(1_000);
  assert.match(states.at(-1) ?? "", /it asks for a password, and none is set$/);
});

for (const status of [403, 404, 480, 603]) {
  test(`${status} is an error with the registrar's own words, and no other server is asked`, async () => {
    const second = { host: "192.0.2.2", port: 5060, protocol: "UDP" } as const;
    const servers = [...ACCOUNT.servers, second];
    const { world, registration, states } = withRegistrar({ refusal: () => status }, { servers });
    registration.start();
    await world.time.advance(1_000);
    assert.match(states.at(-1) ?? "", new RegExp(`^Error: 192.0.2.1:5060: ${status} \\w`));
    assert.deepEqual(new Set(world.sent.map(({ to }) => to)), new Set(["192.0.2.1:5060"]));
  });
}

test("423 is answered with the time that the registrar wants, now and at each refresh", async () => {
  const { world, registrar, registration, states } = withRegistrar({ minExpiresSeconds: 600 }, { expiresSeconds: 60 });
  registration.start();
  await world.time.advance(1_000_000);
  assert.equal(states.at(-1), "Up");
  const asked = world.sent.map(({ message }) => message && headerOf(message, "Expires"));
  assert.deepEqual(asked.slice(0, 3), ["60", "60", "600"]);
  assert.ok(asked.slice(3).length > 0 && asked.slice(3).every((seconds) => seconds === "600"));
  assert.equal(registrar.bindings.of("1001").length, 1);
});

test("a lost first datagram costs half a second", async () => {
  const { world, registration, states } = withRegistrar();
  world.lose(1);
  registration.start();
  await world.time.advance(499);
  assert.deepEqual(states, ["Registering"]);
  await world.time.advance(1);
  assert.equal(states.at(-1), "Up");
});

test("a server that never answers is repeated to as timer E says, and given up after 32 seconds", async () => {
  const world = createFakeSip();
  const { registration, states } = registering(world);
  registration.start();
  await world.time.advance(31_999);
  assert.deepEqual(states, ["Registering"]);
  const times = world.sent.map(({ atMs }) => atMs);
  assert.deepEqual(times, [0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
  await world.time.advance(1);
  assert.equal(states.at(-1), "Error: 192.0.2.1:5060: it does not answer");
});

test("where the first server does not answer the second takes the phone", async () => {
  const world = createFakeSip();
  const servers = [...ACCOUNT.servers, { host: "192.0.2.2", port: 5070, protocol: "UDP" } as const];
  world.servers.set("192.0.2.2:5070", registrarIn(world).listener.received);
  const { registration, states } = registering(world, { servers });
  registration.start();
  await world.time.advance(33_000);
  assert.deepEqual(states, ["Registering", "Up"]);
  assert.equal(registration.domain, "192.0.2.2");
});

test("the addresses of a name are tried in turn, those of SRV records by their priority", async () => {
  const world = createFakeSip();
  const registrar = registrarIn(world);
  world.services.set("_sip._udp.pbx.example", [
    { name: "b.example", port: 5080, priority: 20, weight: 0 },
    { name: "a.example", port: 5070, priority: 10, weight: 0 },
  ]);
  world.names.set("a.example", ["192.0.2.11"]);
  world.names.set("b.example", ["192.0.2.12"]);
  world.servers.set("192.0.2.12:5080", registrar.listener.received);
  const { registration, states } = registering(world, {
    servers: [{ host: "pbx.example", port: null, protocol: null }],
  });
  registration.start();
  await world.time.advance(33_000);
  assert.equal(states.at(-1), "Up");
  assert.deepEqual([...new Set(world.sent.map(({ to }) => to))], ["192.0.2.11:5070", "192.0.2.12:5080"]);
});

const NAMED = [{ host: "pbx.example", port: 5060, protocol: "UDP" }] as const;

test("a phone registers over IPv6 with its literals in brackets, and goes on to the IPv4 address of the name where that is silent", async () => {
  const world = createFakeSip();
  world.names.set("pbx.example", ["2001:db8::1", "2001:db8::2", "192.0.2.1"]);
  world.servers.set("192.0.2.1:5060", registrarIn(world).listener.received);
  const { registration, states } = registering(world, { servers: NAMED });
  registration.start();
  await world.time.advance(33_000);
  assert.deepEqual(states, ["Registering", "Up"]);
  assert.deepEqual([...new Set(world.sent.map(({ to }) => to))], ["[2001:db8::1]:5060", "192.0.2.1:5060"]);
  const text = world.sent[0]?.text ?? "";
  assert.match(text, /^REGISTER sip:pbx\.example SIP\/2\.0\r\nVia: SIP\/2\.0\/UDP \[2001:db8::50\]:5062;branch=/);
  assert.match(text, /\r\nContact: <sip:1001@\[2001:db8::50\]:5062;line=/);
});

test("eight addresses of one kind do not keep a phone from the other kind", async () => {
  const world = createFakeSip();
  const many = Array.from({ length: 9 }, (_, at) => `192.0.2.${at + 100}`);
  world.names.set("pbx.example", [...many, "2001:db8::1"]);
  world.servers.set("[2001:db8::1]:5060", registrarIn(world).listener.received);
  const { registration } = registering(world, { servers: NAMED });
  registration.start();
  await world.time.advance(33_000);
  assert.equal(registration.flow?.remote.host, "2001:db8::1");
});

test("a phone whose socket speaks IPv4 alone does not try IPv6 addresses, and what a registrar has said is the reason", async () => {
  const world = createFakeSip({ kinds: ["IPv4"] });
  world.names.set("pbx.example", ["2001:db8::1", "192.0.2.1"]);
  world.servers.set(
    "192.0.2.1:5060",
    scriptedServer(() => [503]),
  );
  const { registration, states } = registering(world, { servers: NAMED });
  registration.start();
  await world.time.advance(0);
  assert.deepEqual(
    world.sent.map(({ to }) => to),
    ["192.0.2.1:5060"],
  );
  assert.equal(states.at(-1), "Error: pbx.example:5060: 503 Service Unavailable");
});

test("an address that no way leads to does not hide what another one has said, nor its Retry-After", async () => {
  const world = createFakeSip();
  world.names.set("pbx.example", ["192.0.2.1", "2001:db8::1"]);
  world.servers.set(
    "192.0.2.1:5060",
    scriptedServer(() => [503, { "Retry-After": "7200" }]),
  );
  const { registration, states } = registering(world, { servers: [{ ...NAMED[0], protocol: "TCP" }] });
  registration.start();
  await world.time.advance(7_199_999);
  assert.equal(states.at(-1), "Error: pbx.example:5060: 503 Service Unavailable");
  assert.equal(world.sent.length, 1);
});

test("a name that is not known is an error that names it", async () => {
  const world = createFakeSip();
  const { registration, states } = registering(world, {
    servers: [{ host: "pbx.invalid", port: 5060, protocol: "UDP" }],
  });
  registration.start();
  await world.time.advance(0);
  assert.equal(states.at(-1), "Error: pbx.invalid:5060: the name pbx.invalid is not known: ENOTFOUND");
});

test("503 sends the phone to the next server, and Retry-After is kept where there is none", async () => {
  const world = createFakeSip();
  world.servers.set(
    "192.0.2.1:5060",
    scriptedServer(() => [503, { "Retry-After": "120 (maintenance)" }]),
  );
  const { registration, states } = registering(world);
  registration.start();
  await world.time.advance(119_999);
  assert.equal(states.at(-1), "Error: 192.0.2.1:5060: 503 Service Unavailable");
  assert.equal(world.sent.length, 1);
  await world.time.advance(60_001);
  assert.equal(world.sent.length, 2);
});

test("301 and 302 lead to another registrar, with the account's own address unchanged", async () => {
  const { world } = withRegistrar();
  const redirecting = { Contact: "<sip:192.0.2.1:5060>" };
  world.servers.set(
    "192.0.2.9:5060",
    scriptedServer(() => [302, redirecting]),
  );
  const moved = registering(world, { servers: [{ host: "192.0.2.9", port: 5060, protocol: "UDP" }] });
  moved.registration.start();
  await world.time.advance(1_000);
  assert.equal(moved.states.at(-1), "Up");
  assert.match(world.sent.at(-1)?.text ?? "", /^REGISTER sip:192\.0\.2\.1 SIP[\s\S]*To: <sip:1001@192\.0\.2\.9>/);
});

test("a phone that is redirected in a loop gives up", async () => {
  const world = createFakeSip();
  world.servers.set(
    "192.0.2.1:5060",
    scriptedServer(() => [301, { Contact: "<sip:192.0.2.1>" }]),
  );
  const { registration, states } = registering(world);
  registration.start();
  await world.time.advance(1_000);
  assert.match(states.at(-1) ?? "", /it redirects too often$/);
  assert.equal(world.sent.length, 4);
});

test("a registrar and a proxy that both ask are both answered", async () => {
  const world = createFakeSip();
  world.servers.set(
    "192.0.2.1:5060",
    scriptedServer((request) => {
      const digest = { realm: "x", nonce: "n" };
      const challenge = `Digest realm="${digest.realm}", nonce="${digest.nonce}", qop="auth"`;
      if (headersOf(request, "Proxy-Authorization").length === 0) return [407, { "Proxy-Authenticate": challenge }];
      if (headersOf(request, "Authorization").length === 0) return [401, { "WWW-Authenticate": challenge }];
      return [200];
    }),
  );
  const { registration, states } = registering(world);
  registration.start();
  await world.time.advance(1_000);
  assert.deepEqual(states, ["Registering", "Up"]);
});

test("SHA-256 is taken where it is offered beside MD5", async () => {
  const { world, registration } = withRegistrar();
  registration.start();
  await world.time.advance(1_000);
  assert.match(world.sent[1]?.text ?? "", /Authorization: Digest [^\r]*algorithm=SHA-256/);
});

test("a phone that stops tells the registrar, and answers its challenge", async () => {
  const { world, registrar, registration, states } = withRegistrar({ nonceSeconds: 60 });
  registration.start();
  await world.time.advance(600_000);
  await world.time.runUntil(registration.stop());
  assert.deepEqual(registrar.bindings.of("1001"), []);
  assert.deepEqual(states, ["Registering", "Up", "Unregistering"]);
  assert.deepEqual(
    world.sent.slice(-2).map(({ message }) => message && headerOf(message, "Expires")),
    ["0", "0"],
  );
  await world.time.advance(60_000);
  assert.deepEqual(world.time.pendingTimers(), []);
});

/** The same server, whose every answer takes its time. */
function slow(world: FakeSip, afterMs: number, server: SipServer): SipServer {
  return (bytes, back) => void world.time.scheduler.after(afterMs, "slow server", () => server(bytes, back));
}

const expires = (world: FakeSip): unknown[] =>
  world.sent.map(({ to, text }) => `${to} ${/\r\nExpires: (\d+)/.exec(text)?.[1]}`);

test("a phone that stops while it is being registered waits for the answer, and takes itself off again", async () => {
  const { world, registrar, registration, states } = withRegistrar();
  const server = world.servers.get("192.0.2.1:5060") as SipServer;
  world.servers.set("192.0.2.1:5060", slow(world, 300, server));
  registration.start();
  await world.time.advance(400);
  assert.equal(world.sent.length, 2, "the challenge is answered, and the registrar has not taken it yet");
  const stopped = registration.stop();
  await world.time.advance(199);
  assert.equal(world.sent.length, 2);
  await world.time.runUntil(stopped);
  assert.deepEqual(registrar.bindings.of("1001"), []);
  assert.deepEqual(expires(world).slice(2), ["192.0.2.1:5060 0"]);
  assert.deepEqual(states, ["Registering", "Unregistering"]);
  assert.equal(registration.mayBeKnown, false);
  await world.time.advance(60_000);
  assert.deepEqual(world.time.pendingTimers(), []);
});

test("a phone that stops and is then asked for its password was never registered, and says nothing more", async () => {
  const { world, registrar, registration } = withRegistrar();
  world.servers.set("192.0.2.1:5060", slow(world, 300, world.servers.get("192.0.2.1:5060") as SipServer));
  registration.start();
  await world.time.advance(100);
  await world.time.runUntil(registration.stop());
  await world.time.advance(60_000);
  assert.deepEqual(expires(world), ["192.0.2.1:5060 1800"]);
  assert.deepEqual(registrar.bindings.of("1001"), []);
  assert.deepEqual(world.time.pendingTimers(), []);
});

test("a registrar that does not answer a phone that stops is told after a second, since it may have heard", async () => {
  const world = createFakeSip();
  const heard: string[] = [];
  world.servers.set("192.0.2.1:5060", (bytes) => {
    heard.push(/\r\nCSeq: (\d+)/.exec(Buffer.from(bytes).toString())?.[1] ?? "");
  });
  const { registration, states } = registering(world);
  registration.start();
  await world.time.advance(100);
  const stopped = registration.stop();
  await world.time.advance(1_000);
  assert.deepEqual(heard, ["1", "1", "2"], "repeated as ever until the second is over, then the goodbye");
  assert.equal(expires(world).at(-1), "192.0.2.1:5060 0");
  await world.time.runUntil(stopped, 32_000);
  assert.deepEqual(states, ["Registering", "Unregistering"]);
  assert.deepEqual(world.time.pendingTimers(), []);
});

test("a phone that stops while a refresh is answered with a new nonce is taken off with that", async () => {
  const { world, registrar, registration } = withRegistrar({ nonceSeconds: 60 });
  registration.start();
  await world.time.advance(1_000);
  world.servers.set("192.0.2.1:5060", slow(world, 300, world.servers.get("192.0.2.1:5060") as SipServer));
  while (world.sent.length === 2) await world.time.advance(100);
  await world.time.runUntil(registration.stop());
  assert.deepEqual(registrar.bindings.of("1001"), []);
  assert.deepEqual(
    expires(world).slice(2),
    ["1800", "0", "0"].map((seconds) => `192.0.2.1:5060 ${seconds}`),
  );
});

test("a phone that stops on its way to another server tells the one that has it as well", async () => {
  const world = createFakeSip();
  const servers = [...ACCOUNT.servers, { host: "192.0.2.2", port: 5070, protocol: "UDP" } as const];
  const second = registrarIn(world);
  world.servers.set("192.0.2.2:5070", second.listener.received);
  const { registration } = registering(world, { servers });
  registration.start();
  await world.time.advance(33_000);
  assert.equal(second.bindings.of("1001").length, 1);
  const before = world.sent.length;
  registration.start();
  await world.time.advance(100);
  const stopped = registration.stop();
  await world.time.advance(1_000);
  assert.deepEqual(second.bindings.of("1001"), []);
  assert.ok(expires(world).slice(before).includes("192.0.2.1:5060 0"), "and the one that was asked may have heard");
  await world.time.runUntil(stopped, 40_000);
});

test("a phone that stops before it has asked anybody has nobody to tell", async () => {
  const world = createFakeSip();
  const { registration, states } = registering(world, { servers: [{ host: "pbx", port: 5060, protocol: "UDP" }] });
  registration.start();
  await registration.stop();
  await world.time.advance(60_000);
  assert.deepEqual([world.sent.length, states], [0, ["Registering"]]);
});

test("a phone without power or network says nothing any more", async () => {
  const { world, registration } = withRegistrar();
  registration.start();
  await world.time.advance(10_000);
  const before = world.sent.length;
  registration.drop();
  await world.time.advance(7_200_000);
  assert.equal(world.sent.length, before);
  assert.deepEqual(world.time.pendingTimers(), []);
});

test("without a network the line is in error and nothing is sent", async () => {
  const world = createFakeSip();
  const { registration, states } = registering(world, {}, () => false);
  registration.start();
  await world.time.advance(0);
  assert.deepEqual(states, ["Registering", "Error: the phone has no network"]);
  assert.deepEqual(world.sent, []);
});

test("the way through a NAT is kept open while the line is up", async () => {
  const { world, registration } = withRegistrar({}, { keepAliveSeconds: 30 });
  registration.start();
  await world.time.advance(301_000);
  const keepAlives = world.sent.filter(({ text }) => text === "\r\n\r\n").length;
  assert.ok(keepAlives >= 10 && keepAlives <= 13, `${keepAlives} in five minutes`);
});

test("at rest a phone has one timer, and its keep-alives do not put off its refresh", async () => {
  const { world, registration } = withRegistrar(
    { nonceSeconds: 86_400 },
    { keepAliveSeconds: 30, expiresSeconds: 600 },
  );
  registration.start();
  await world.time.advance(100_000);
  assert.equal(world.time.pendingTimers().filter(({ name }) => name === "SIP registration").length, 1);
  assert.equal(world.time.pendingTimers().length, 1);
  await world.time.advance(500_000);
  const refreshes = world.lines().filter((line) => line.includes("REGISTER"));
  assert.equal(refreshes.length, 3, "the challenge, and one refresh within ten minutes");
});

test("through an outbound proxy the request is for the registrar, with the proxy as its route", async () => {
  const proxy = { host: "192.0.2.9", port: 5070, protocol: "UDP" } as const;
  const { world, registration, registrar } = withRegistrar({}, { proxy });
  world.servers.set("192.0.2.9:5070", registrar.listener.received);
  registration.start();
  await world.time.advance(1_000);
  assert.equal(world.sent.length, 2);
  for (const { to, text } of world.sent) {
    assert.equal(to, "192.0.2.9:5070");
    assert.match(text, /^REGISTER sip:192\.0\.2\.1 SIP\/2\.0\r\n/);
    assert.match(text, /\r\nRoute: <sip:192\.0\.2\.9:5070;lr>\r\n/);
  }
});

test("over TCP nothing is repeated, the Contact names the connection, and a lost one is made anew", async () => {
  const servers = [{ host: "192.0.2.1", port: 5060, protocol: "TCP" } as const];
  const { world, registration, states } = withRegistrar({}, { servers });
  registration.start();
  await world.time.advance(60_000);
  assert.equal(world.sent.length, 2);
  assert.match(world.sent[0]?.text ?? "", /Contact: <sip:1001@192\.0\.2\.50:40000;transport=tcp;line=/);
  world.hangUpAll();
  await world.time.advance(30_000);
  assert.ok(world.sent.length > 2);
  assert.deepEqual(states, ["Registering", "Up", "Registering", "Up"]);
});

test("a connection that is refused is an error at once", async () => {
  const world = createFakeSip();
  const { registration, states } = registering(world, {
    servers: [{ host: "192.0.2.1", port: 5061, protocol: "TLS" }],
  });
  registration.start();
  await world.time.advance(0);
  assert.equal(states.at(-1), "Error: 192.0.2.1:5061: it refuses connections");
});

test("a thousand phones that one outage has cut off come back over half a minute and more", async () => {
  const world = createFakeSip();
  const phones = Array.from({ length: 1_000 }, () => registering(world));
  for (const { registration } of phones) registration.start();
  await world.time.advance(32_000);
  const before = world.sent.length;
  world.servers.set(
    "192.0.2.1:5060",
    scriptedServer(() => [200]),
  );
  const seconds: number[] = [];
  for (let second = 0; second < 60; second++) {
    const count = world.sent.length;
    await world.time.advance(1_000);
    seconds.push(world.sent.length - count);
  }
  assert.equal(world.sent.length - before, 1_000);
  assert.ok(Math.max(...seconds) < 100, `${Math.max(...seconds)} in one second`);
});

test("a day of registration is refreshed in time, and leaves nothing behind", async () => {
  const { world, registrar, registration, states } = withRegistrar({ nonceSeconds: 86_400 }, { keepAliveSeconds: 30 });
  registration.start();
  for (let hour = 0; hour < 24; hour++) {
    await world.time.advance(3_600_000);
    assert.equal(registrar.bindings.of("1001").length, 1);
  }
  assert.deepEqual(
    states.filter((state) => state !== "Up"),
    ["Registering"],
  );
  assert.equal(world.stack.transactions.waiting, 0);
  assert.equal(world.time.pendingTimers().length, 1);
});
