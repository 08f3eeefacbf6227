import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { createXmppClient } from "../../../src/net/xmpp/xmpp-client.ts";
import { createSystemClock } from "../../../src/system/clock.ts";
import { createScheduler } from "../../../src/system/scheduler.ts";

const HEADER =
  "<?xml version='1.0'?><stream:stream from='xmpp.example' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
const FEATURES = "<stream:features/>";

/** A server without TLS that does this once it hears of a stream. */
async function endWith(t: TestContext, begun: (socket: Socket) => void): Promise<string> {
  let requests = 0;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => begun(socket));
    t.after(() => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const scheduler = createScheduler(createSystemClock(), (error) => assert.fail(String(error)));
  return await new Promise((resolve) => {
    createXmppClient({ scheduler, tls: {} }).connect(
      {
        username: "phone",
        password: "hush",
        domain: "xmpp.example",
        resource: "",
        host: "127.0.0.1",
        port,
        forceTls: false,
        keepAliveSeconds: 0,
      },
      {
        online: () => assert.fail("it cannot come online"),
        request: () => {
          requests += 1;
          return { answer: "service-unavailable" };
        },
        ended: (_failure, reason) => resolve(requests === 0 ? reason : "a request was taken before the login"),
      },
    );
  });
}

for (const [what, begun] of [
  ["sends what is no XML", (socket) => void socket.write(`${HEADER}</nothing>`)],
  [
    "sends a stanza from no Jabber ID",
    (socket) => void socket.write(`${HEADER}<iq type='get' id='1' from='/'><ping xmlns='urn:xmpp:ping'/></iq>`),
  ],
  [
    "asks for a session before the login is over",
    (socket) => {
      socket.write(`${HEADER}${FEATURES}`);
      socket.write("<iq type='get' from='acs@b/c' id='2'><connectionRequest xmlns='urn:x'/></iq>");
      // Answers of the phone, before which it has read the request.
      socket.on("data", () => socket.end("</stream:stream>"));
    },
  ],
  [
    "sends a stream error",
    (socket) =>
      void socket.write(
        `${HEADER}<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`,
      ),
  ],
  ["resets the connection before its header", (socket) => void socket.resetAndDestroy()],
  ["closes the connection before its header", (socket) => void socket.end()],
  ["closes the stream", (socket) => void socket.end(`${HEADER}${FEATURES}</stream:stream>`)],
] satisfies readonly (readonly [string, (socket: Socket) => void])[]) {
  test(`a server that ${what} ends the connection, and nothing else`, async (t) => {
    assert.doesNotMatch(await endWith(t, begun), /^$|before the login/);
  });
}
