import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createXmppClient } from "../../src/net/xmpp/xmpp-client.ts";
import type { Xmpp } from "../../src/ports/xmpp.ts";
import { createSystemClock } from "../../src/system/clock.ts";
import { createScheduler } from "../../src/system/scheduler.ts";
import { Harm, type OpenTarget, type Target } from "../target.ts";

const HEADER =
  "<?xml version='1.0'?><stream:stream from='xmpp.example' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
const SASL = "urn:ietf:params:xml:ns:xmpp-sasl";
const SEEDS = [
  `<stream:features><mechanisms xmlns='${SASL}'><mechanism>SCRAM-SHA-1</mechanism></mechanisms></stream:features>` +
    `<challenge xmlns='${SASL}'>cj0xLHM9UVNYQ1IrUTZzZWs4YmY5MixpPTQwOTY=</challenge>`,
  `<stream:features><mechanisms xmlns='${SASL}'><mechanism>PLAIN</mechanism></mechanisms></stream:features>` +
    `<success xmlns='${SASL}'/>`,
  "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></stream:features>" +
    "<iq type='result' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>a@b/c</jid></bind></iq>",
  "<iq type='get' from='acs@b/c' id='2'><connectionRequest xmlns='urn:broadband-forum-org:cwmp:xmppConnReq-1-0'>" +
    "<username>acs</username><password>wrong</password></connectionRequest></iq>",
  "<message from='a@b'><body>x</body></message><presence from='a@b'/>",
  "<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
  `<failure xmlns='${SASL}'><not-authorized/></failure>`,
];

/** An XMPP server that sends anything: the only allowed effect is the end of the connection. */
export const xmpp: Target = {
  name: "xmpp",
  seeds: SEEDS.map((text) => Buffer.from(text)),
  words: [
    ...[
      "<iq>",
      "</iq>",
      "<iq type='get' id='",
      "from='/'",
      "from='@'",
      "<stream:features/>",
      "</stream:stream>",
      "<a ",
      "/>",
    ],
    ...[
      "xmlns='",
      "&lt;",
      "&x;",
      "<![CDATA[",
      "<!DOCTYPE a>",
      "<!--",
      "id=''",
      "type='set'",
      "<jid/>",
      "<x xmlns='jabber:client'>",
    ],
  ],
  heldBytes: 64 * 2 ** 20,
  open: openXmpp,
};

const ANSWER_MS = 15;
/** Servers at the same time: a connection takes a while to end. */
const SERVERS = 32;
const ACCOUNT = { username: "phone", password: "hush", domain: "xmpp.example", resource: "", host: "127.0.0.1" };

async function openXmpp(): Promise<OpenTarget> {
  const failures: unknown[] = [];
  const crashed = (error: unknown): void => void failures.push(error);
  process.on("uncaughtException", crashed);
  process.on("unhandledRejection", crashed);
  const client = createXmppClient({ scheduler: createScheduler(createSystemClock(), crashed), tls: {} });
  const servers = await Promise.all(Array.from({ length: SERVERS }, () => HostileServer.open(client)));
  const check = (input: Buffer): void => {
    if (failures.length > 0) throw new Harm(input, failures.splice(0)[0]);
  };
  let turn = 0;
  return {
    async take(input) {
      const server = servers[turn++ % SERVERS];
      await server?.ended();
      check(server?.input ?? input);
      server?.begin(Buffer.from(input));
    },
    async close() {
      for (const server of servers) {
        await server.close();
        check(server.input);
      }
      process.off("uncaughtException", crashed);
      process.off("unhandledRejection", crashed);
    },
  };
}

class HostileServer {
  input: Buffer = Buffer.alloc(0);
  readonly #client: Xmpp;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #link: Promise<void> = Promise.resolve();

  private constructor(client: Xmpp) {
    this.#client = client;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
      socket.once("data", () => socket.write(Buffer.concat([Buffer.from(HEADER), this.input])));
    });
  }

  static async open(client: Xmpp): Promise<HostileServer> {
    const server = new HostileServer(client);
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  begin(input: Buffer): void {
    this.input = input;
    this.#link = this.#connect();
    // Looked at by ended().
    this.#link.catch(() => {});
  }

  async ended(): Promise<void> {
    try {
      await this.#link;
    } catch (error) {
      throw new Harm(this.input, error);
    } finally {
      this.#link = Promise.resolve();
    }
  }

  async close(): Promise<void> {
    await this.ended();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #connect(): Promise<void> {
    const { port } = this.#server.address() as AddressInfo;
    let accepted = 0;
    let end = (): void => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const link = this.#client.connect(
      { ...ACCOUNT, port, forceTls: false, keepAliveSeconds: 0 },
      {
        online: () => {},
        request() {
          accepted += 1;
          return { answer: "not-authorized" };
        },
        ended: end,
      },
    );
    // One that waits for more has taken it.
    setTimeout(end, ANSWER_MS);
    await over;
    for (const socket of this.#sockets) socket.destroy();
    await link.close();
    if (accepted > 0) throw new Error("a request was taken from a server that the phone has not logged in to");
  }
}
