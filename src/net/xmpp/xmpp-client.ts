import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import type { Client, ClientOptions, Element, SocketLike, TransportClass } from "@xmpp/client";
import { messageOf } from "../../cwmp/errors.ts";
import type { Scheduler, Timer } from "../../ports/clock.ts";
import type {
  Xmpp,
  XmppAccount,
  XmppElement,
  XmppFailure,
  XmppLink,
  XmppListener,
  XmppServer,
} from "../../ports/xmpp.ts";
import { IqError, useOwnRequests } from "./iq-requests.ts";
import { ScramSha1 } from "./scram.ts";
import { senderOf, toReply, toRequest, toXmppElement } from "./stanzas.ts";
import type { XmppTls } from "./starttls.ts";
import { StreamSocket } from "./stream-socket.ts";

export interface XmppClientOptions {
  readonly scheduler: Scheduler;
  readonly tls: XmppTls;
  /** From the first packet to being online; default 30 000. */
  readonly onlineWithinMs?: number;
}

type Library = typeof import("@xmpp/client");

const ONLINE_WITHIN_MS = 30_000;
const STEP_WITHIN_MS = 10_000;
const ANSWER_WITHIN_MS = 10_000;
const DNS = { timeout: 5_000, tries: 2 } as const;
const PING: XmppElement = { namespace: "urn:xmpp:ping", name: "ping", children: [] };

/** XMPP by way of `@xmpp/client`, which is loaded with the first connection. */
export function createXmppClient(options: XmppClientOptions): Xmpp {
  return {
    servers: lookUpServers,
    connect: (account, listener) => new Link(options, account, listener),
  };
}

async function lookUpServers(domain: string): Promise<readonly XmppServer[]> {
  if (isIP(domain) !== 0) return [];
  try {
    const records = await new Resolver(DNS).resolveSrv(`_xmpp-client._tcp.${domain}`);
    const servers = records.filter(({ name }) => name !== "" && name !== ".");
    return servers.map(({ name, port, priority, weight }) => ({ host: name, port, priority, weight }));
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code === "ENOTFOUND" || code === "ENODATA") return [];
    throw error;
  }
}

/** One connection, from the first packet to its end; it never comes back. */
class Link implements XmppLink {
  readonly #options: XmppClientOptions;
  readonly #account: XmppAccount;
  readonly #socket: StreamSocket;
  #listener: XmppListener | null;
  #library: Library | null = null;
  #client: Client | null = null;
  #timer: Timer | null;
  #isOnline = false;

  constructor(options: XmppClientOptions, account: XmppAccount, listener: XmppListener) {
    this.#options = options;
    this.#account = account;
    this.#listener = listener;
    this.#socket = new StreamSocket({ ...account, tls: options.tls });
    const withinMs = options.onlineWithinMs ?? ONLINE_WITHIN_MS;
    this.#timer = options.scheduler.after(withinMs, "XMPP connect", () =>
      this.#end("unreachable", `not online within ${withinMs / 1000} s`),
    );
    this.#connect().catch((error) => this.#end(failureOf(error), messageOf(error)));
  }

  async close(): Promise<void> {
    this.#listener = null;
    this.#timer?.cancel();
    await this.#client?.stop().catch(() => {});
    this.#socket.destroy();
  }

  async get(to: string, element: XmppElement): Promise<string> {
    return (await this.#ask(to, element)) ?? "no answer";
  }

  async #connect(): Promise<void> {
    this.#library = await import("@xmpp/client");
    if (this.#listener === null) return;
    const client = this.#library.client(clientOptions(this.#account));
    this.#client = client;
    client.reconnect.stop();
    useSocket(client, this.#socket, this.#account);
    useScram(client);
    useOwnRequests(client, this.#options.scheduler);
    client.on("error", (error) => this.#end(failureOf(error), messageOf(error)));
    client.on("disconnect", () => this.#end("unreachable", "the connection was closed"));
    this.#answerRequests(client, this.#library);
    client.on("online", (jabberId) => this.#online(client, jabberId.toString()));
    // Not the library's start(): where opening fails it leaves a promise that nobody looks at, which ends the process.
    await client.connect(`xmpp://${this.#account.domain}`);
    await client.open({ domain: this.#account.domain });
  }

  #online(client: Client, jabberId: string): void {
    this.#timer?.cancel();
    this.#isOnline = true;
    this.#listener?.online(jabberId, client.isSecure());
    this.#keepAlive();
  }

  #answerRequests(client: Client, { xml }: Library): void {
    client.middleware.use((stanza, next) => {
      const { element, id, type } = stanza;
      if (type !== "get" || element === undefined || this.#listener === null) return next();
      // What comes before the login is over comes from a server that has not proved who it is.
      if (!this.#isOnline) return next();
      const { answer, sent } = this.#listener.request(senderOf(stanza), toXmppElement(element));
      if (sent !== undefined) onceSent(client, id, sent);
      return toReply(xml, answer);
    });
  }

  /** A ping that the server does not answer, well or badly, ends the connection. */
  #keepAlive(): void {
    const { keepAliveSeconds } = this.#account;
    if (keepAliveSeconds === 0 || this.#listener === null) return;
    this.#timer = this.#options.scheduler.after(keepAliveSeconds * 1000, "XMPP keep-alive", () => {
      void this.#ask(undefined, PING).then((answer) => {
        if (answer === null) this.#end("unreachable", "the server does not answer");
        else this.#keepAlive();
      });
    });
  }

  /** `result`, the condition of an error stanza, or null when nothing comes. */
  async #ask(to: string | undefined, element: XmppElement): Promise<string | null> {
    if (this.#client === null || this.#library === null) return null;
    try {
      await this.#client.iqCaller.request(toRequest(this.#library.xml, to, element), ANSWER_WITHIN_MS);
      return "result";
    } catch (error) {
      return error instanceof IqError ? error.condition : null;
    }
  }

  #end(failure: XmppFailure, reason: string): void {
    const listener = this.#listener;
    this.#listener = null;
    this.#timer?.cancel();
    this.#socket.destroy();
    listener?.ended(failure, reason);
  }
}

function clientOptions({ username, password, domain, resource }: XmppAccount): ClientOptions {
  return {
    service: `xmpp://${domain}`,
    domain,
    username,
    timeout: STEP_WITHIN_MS,
    ...(resource === "" ? {} : { resource }),
    // Never a password in the clear, and never another account than this one.
    async credentials(authenticate, mechanisms, _fast, entity) {
      const allowed = entity.isSecure() ? ["SCRAM-SHA-1", "PLAIN"] : ["SCRAM-SHA-1"];
      const mechanism = allowed.find((name) => mechanisms.includes(name));
      if (mechanism === undefined) throw new Error(`the server has none of the logins ${allowed.join(", ")}`);
      await authenticate({ username, password }, mechanism);
    },
  };
}

/** Puts our socket under the library's TCP stream, in the place of its other ways. */
function useSocket(client: Client, socket: StreamSocket, { host, port }: XmppAccount): void {
  const Tcp = client.transports.find(({ prototype }) => prototype.socketParameters("xmpp://host") !== undefined);
  if (Tcp === undefined) throw new Error("@xmpp/client has no TCP transport");
  const Transport: TransportClass = class extends Tcp {};
  Transport.prototype.socketParameters = () => ({ host, port });
  Transport.prototype.Socket = function socketOfThisLink() {
    return socket;
  } as unknown as new () => SocketLike;
  client.transports.splice(0, client.transports.length, Transport);
}

function useScram({ saslFactory }: Client): void {
  const create = saslFactory.create.bind(saslFactory);
  saslFactory.create = (names) => (names.includes("SCRAM-SHA-1") ? new ScramSha1() : create(names));
}

function onceSent(client: Client, id: string, sent: () => void): void {
  const listener = (stanza: Element): void => {
    if (stanza.name !== "iq" || stanza.attrs.id !== id || stanza.attrs.type !== "result") return;
    client.removeListener("send", listener);
    sent();
  };
  client.on("send", listener);
}

function failureOf(error: unknown): XmppFailure {
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
  if (name === "SASLError") return "authentication";
  return typeof code === "string" || name === "TimeoutError" ? "unreachable" : "other";
}
