import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { Parser, xml } from "@xmpp/xml";
import { comeOnline } from "../../../src/net/xmpp/negotiation.ts";
import { XmppStream } from "../../../src/net/xmpp/xmpp-stream.ts";
import { until } from "../../helpers/transport.ts";

const HEADER =
  "<?xml version='1.0'?><stream:stream from='xmpp.example' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
const TLS = "urn:ietf:params:xml:ns:xmpp-tls";
const SASL = "urn:ietf:params:xml:ns:xmpp-sasl";
const BIND = "urn:ietf:params:xml:ns:xmpp-bind";

/** A server that says these texts, one for each that it hears. The answer counts its connections. */
async function startServer(t: TestContext, ...texts: readonly string[]) {
  const sockets: Socket[] = [];
  const heard: string[] = [];
  const server = createServer((socket) => {
    let next = 0;
    sockets.push(socket);
    socket.on("error", () => {});
    socket.on("data", (data) => {
      heard.push(data.toString());
      const text = texts[next++];
      if (text === undefined) socket.end();
      else socket.write(text);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const open = (forceTls: boolean) => {
    const server = { host: "127.0.0.1", port, domain: "xmpp.example" };
    const stream = new XmppStream(server, () => new Parser());
    t.after(() => stream.destroy());
    const account = { ...server, username: "phone", password: "hush", resource: "cpe", forceTls, keepAliveSeconds: 0 };
    return comeOnline(stream, account, {}, xml);
  };
  return { open, heard, sockets };
}

const features = (inner: string): string => `${HEADER}<stream:features>${inner}</stream:features>`;

test("C-258 a server without TLS is refused where TLS is forced, before anything of the account is said", async (t) => {
  const server = await startServer(t, features("<mechanisms/>"));
  await assert.rejects(server.open(true), /offers no TLS/);
  assert.equal(server.heard.length, 1);
  assert.doesNotMatch(server.heard.join(), /auth/);
});

test("C-258 a server that only offers TLS is logged in to without, where TLS is not forced, and never in the clear", async (t) => {
  const offer = `<starttls xmlns='${TLS}'><optional/></starttls><mechanisms xmlns='${SASL}'>`;
  const server = await startServer(t, features(`${offer}<mechanism>PLAIN</mechanism></mechanisms>`));
  await assert.rejects(server.open(false), /none of the logins SCRAM-SHA-1$/);
  assert.deepEqual([server.sockets.length, server.heard.length], [1, 1]);
});

test("a login by SCRAM-SHA-1 and a resource lead to the Jabber ID, a refused login to its condition", async (t) => {
  const login = features(`<mechanisms xmlns='${SASL}'><mechanism>SCRAM-SHA-1</mechanism></mechanisms>`);
  const bound = `<iq type='result' id='bind'><bind xmlns='${BIND}'><jid>phone@xmpp.example/cpe</jid></bind></iq>`;
  const good = await startServer(t, login, `<success xmlns='${SASL}'/>`, features(`<bind xmlns='${BIND}'/>`), bound);
  assert.equal(await good.open(false), "phone@xmpp.example/cpe");
  assert.match(good.heard[3] ?? "", /<resource>cpe<\/resource>/);
  const bad = await startServer(t, login, `<failure xmlns='${SASL}'><not-authorized/></failure>`);
  await assert.rejects(bad.open(false), { name: "LoginRefused", message: /not-authorized/ });
});

for (const [name, forceTls, offer] of [
  ["requires", false, `<starttls xmlns='${TLS}'><required/></starttls>`],
  ["offers", true, `<starttls xmlns='${TLS}'/>`],
] as const) {
  test(`C-258 a server that ${name} TLS is asked for it, and its refusal ends the attempt`, async (t) => {
    const server = await startServer(t, features(offer), `<failure xmlns='${TLS}'/>`);
    await assert.rejects(server.open(forceTls), /refuses to begin TLS/);
    assert.match(server.heard[1] ?? "", /^<starttls /);
  });
}

test("what is no XMPP server, or one that hangs up, ends the attempt", async (t) => {
  const chatty = await startServer(t, "x".repeat(70_000));
  await assert.rejects(chatty.open(true), /data that is not XMPP/);
  const silent = await startServer(t);
  await assert.rejects(silent.open(true), /closed/);
});

test("a feature that comes in pieces is read whole", async (t) => {
  const server = await startServer(t, features(`<starttls xmlns='${TLS}'/>`).slice(0, -8));
  const attempt = server.open(true);
  await until(() => server.heard.length > 0);
  server.sockets[0]?.write("eatures>");
  await assert.rejects(attempt, /closed/);
  assert.match(server.heard[1] ?? "", /^<starttls /);
});
