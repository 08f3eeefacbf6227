import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import type { Element } from "@xmpp/xml";
import { messageOf } from "../../cwmp/errors.ts";
import type { Scheduler, Timer } from "../../ports/clock.ts";
import type { CheckAddress } from "../../ports/datagrams.ts";
import type {
  Xmpp,
  XmppAccount,
  XmppAnswer,
  XmppElement,
  XmppFailure,
  XmppLink,
  XmppListener,
  XmppServer,
} from "../../ports/xmpp.ts";
import { comeOnline, LoginRefused } from "./negotiation.ts";
import { conditionIn, StreamClosed, XmppStream, type XmppTls } from "./xmpp-stream.ts";

export interface XmppClientOptions {
  readonly scheduler: Scheduler;
  readonly tls: XmppTls;
  /** From the first packet to being online; default 30 000. */
  readonly onlineWithinMs?: number;
  /** Of servers; each may be connected to unless given. */
  readonly checkAddress?: CheckAddress | undefined;
}

type Xml = typeof import("@xmpp/xml").xml;

const ONLINE_WITHIN_MS = 30_000;
const ANSWER_WITHIN_MS = 10_000;
const DNS = { timeout: 5_000, tries: 2 } as const;
const PING: XmppElement = { namespace: "urn:xmpp:ping", name: "ping", children: [] };
const STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";
/** RFC 6120 8.3.3: what the sender is to make of each condition. */
const ERROR_TYPES: Readonly<Record<Exclude<XmppAnswer, "result">, string>> = {
  "bad-request": "modify",
  "not-authorized": "auth",
  "service-unavailable": "cancel",
};

/** XMPP as far as a phone needs it; the parser of streams is loaded with the first connection. */
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
  #listener: XmppListener | null;
  #online: { readonly stream: XmppStream; readonly xml: Xml } | null = null;
  #stream: XmppStream | null = null;
  #timer: Timer;
  /** Requests of ours by their id: what is to be done with the answer, null for none. */
  readonly #asked = new Map<string, (answer: Element | null) => void>();
  #sent = 0;

  constructor(options: XmppClientOptions, account: XmppAccount, listener: XmppListener) {
    this.#options = options;
    this.#account = account;
    this.#listener = listener;
    const withinMs = options.onlineWithinMs ?? ONLINE_WITHIN_MS;
    this.#timer = options.scheduler.after(withinMs, "XMPP connect", () =>
      this.#end("unreachable", `not online within ${withinMs / 1000} s`),
    );
    this.#run().catch((error) => this.#end(failureOf(error), messageOf(error)));
  }

  async close(): Promise<void> {
    this.#listener = null;
    this.#timer.cancel();
    this.#stream?.close();
    this.#forgetAsked();
  }

  async get(to: string, element: XmppElement): Promise<string> {
    return (await this.#ask(to, element)) ?? "no answer";
  }

  async #run(): Promise<never> {
    const { Parser, xml } = await import("@xmpp/xml");
    if (this.#listener === null) throw new StreamClosed("the connection was closed");
    const stream = new XmppStream(this.#account, () => new Parser(), this.#options.checkAddress);
    this.#stream = stream;
    const jabberId = await comeOnline(stream, this.#account, this.#options.tls, xml);
    this.#timer.cancel();
    this.#online = { stream, xml };
    this.#listener?.online(jabberId, stream.secured);
    this.#keepAlive();
    for (;;) {
      const stanza = await stream.next();
      if (stanza.getName() === "iq") this.#take(stanza, stream, xml);
    }
  }

  #take(iq: Element, stream: XmppStream, xml: Xml): void {
    const { type, id = "", from = "" } = iq.attrs;
    if (type === "result" || type === "error") this.#asked.get(id)?.(iq);
    if (type !== "get" && type !== "set") return;
    const [element, ...more] = iq.getChildElements();
    const { answer, sent } =
      element === undefined || more.length > 0
        ? { answer: "bad-request" as const }
        : type === "set" || this.#listener === null
          ? { answer: "service-unavailable" as const }
          : this.#listener.request(from, toXmppElement(element));
    const to = from === "" ? {} : { to: from };
    const reply =
      answer === "result"
        ? xml("iq", { type: "result", id, ...to })
        : xml(
            "iq",
            { type: "error", id, ...to },
            xml("error", { type: ERROR_TYPES[answer] }, xml(answer, { xmlns: STANZAS })),
          );
    void stream.send(reply).then(() => (answer === "result" ? sent?.() : undefined));
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
  #ask(to: string | undefined, { namespace, name, children }: XmppElement): Promise<string | null> {
    if (this.#online === null || this.#listener === null) return Promise.resolve(null);
    const { stream, xml } = this.#online;
    const id = `cpe-${++this.#sent}`;
    const inner = children.map((child) => xml(child.name, {}, child.text));
    void stream.send(xml("iq", { type: "get", id, to }, xml(name, { xmlns: namespace }, ...inner)));
    return new Promise((resolve) => {
      const answered = (answer: Element | null): void => {
        this.#asked.delete(id);
        timer.cancel();
        if (answer === null) resolve(null);
        else resolve(answer.attrs.type === "result" ? "result" : conditionIn(answer.getChild("error")));
      };
      const timer = this.#options.scheduler.after(ANSWER_WITHIN_MS, "XMPP answer", () => answered(null));
      this.#asked.set(id, answered);
    });
  }

  #end(failure: XmppFailure, reason: string): void {
    const listener = this.#listener;
    this.#listener = null;
    this.#timer.cancel();
    this.#stream?.destroy();
    this.#forgetAsked();
    listener?.ended(failure, reason);
  }

  #forgetAsked(): void {
    for (const answered of [...this.#asked.values()]) answered(null);
  }
}

function toXmppElement(element: Element): XmppElement {
  return {
    namespace: element.getNS() ?? "",
    name: element.getName(),
    children: element.getChildElements().map((child) => ({
      namespace: child.getNS() ?? "",
      name: child.getName(),
      text: child.text(),
    })),
  };
}

function failureOf(error: unknown): XmppFailure {
  if (error instanceof LoginRefused) return "authentication";
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" || error instanceof StreamClosed ? "unreachable" : "other";
}
