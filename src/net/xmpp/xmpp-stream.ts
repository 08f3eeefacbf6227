import { connect, isIP, type Socket } from "node:net";
import { StringDecoder } from "node:string_decoder";
import type { SecureVersion } from "node:tls";
import type { Element, Parser } from "@xmpp/xml";
import type { CheckAddress } from "../../ports/datagrams.ts";
import { TLS_POLICY } from "../../system/tls-policy.ts";
import { checkedHost } from "../allowed-addresses.ts";
import { isSecured, nodeTls } from "../node-tls.ts";

/** Certificates and versions for TLS to XMPP servers. */
export interface XmppTls {
  /** PEM; instead of the authorities that Node knows. */
  readonly ca?: string;
  readonly minVersion?: SecureVersion;
}

export interface StreamTarget {
  readonly host: string;
  readonly port: number;
  /** Of the account: the name that the server's certificate must have (RFC 6120 13.7.2). */
  readonly domain: string;
}

/** The server has ended the stream or the connection. */
export class StreamClosed extends Error {
  override readonly name = "StreamClosed";
}

/** Far more than any stanza that a phone is meant to get, or the features of any server. */
const MAX_ELEMENT_CHARACTERS = 64 * 1024;

/**
 * A stream to an XMPP server (RFC 6120 4), on a connection of its own: sends text, and gives the elements that come, one at a
 * time. Once it has failed, or was destroyed, nothing comes any more.
 */
export class XmppStream {
  readonly #target: StreamTarget;
  readonly #newParser: () => Parser;
  #socket: Socket;
  #parser: Parser;
  #decoder = new StringDecoder("utf8");
  /** Characters since the last whole element. */
  #unfinished = 0;
  #inbox: Element[] = [];
  #failure: Error | null = null;
  #wake: () => void = () => {};

  /** Throws what the check throws. */
  constructor(target: StreamTarget, newParser: () => Parser, check?: CheckAddress) {
    this.#target = target;
    this.#newParser = newParser;
    this.#parser = this.#restart();
    this.#socket = connect({ ...checkedHost(target.host, check), port: target.port });
    this.#listen(this.#socket);
  }

  get secured(): boolean {
    return isSecured(this.#socket);
  }

  /** Starts a stream, or restarts it: the server's features. */
  async begin(): Promise<Element> {
    this.#parser = this.#restart();
    const to = this.#target.domain.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
    this.#socket.write(
      `<?xml version='1.0'?><stream:stream to="${to}" version="1.0" xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams">`,
    );
    const features = await this.next();
    if (features.getName() !== "features") throw new Error("the server does not send its features");
    return features;
  }

  /** STARTTLS has been agreed: what the server has sent in the clear beyond that does not count. */
  async secure(tls: XmppTls): Promise<void> {
    const { domain } = this.#target;
    const name = isIP(domain) === 0 ? { servername: domain } : {};
    this.#socket.removeAllListeners("data");
    const secured = nodeTls().connect({ socket: this.#socket, host: domain, ...name, ...TLS_POLICY, ...tls });
    this.#socket = secured;
    this.#parser = this.#restart();
    this.#listen(secured);
    const done = new Promise<void>((resolve) => secured.once("secureConnect", resolve));
    await Promise.race([done, this.next()]);
  }

  /** The next element, for the latest call alone. Throws StreamClosed, the socket's error, or an Error for what is no XMPP. */
  async next(): Promise<Element> {
    for (;;) {
      const element = this.#inbox.shift();
      if (element !== undefined) return element;
      if (this.#failure !== null) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Resolves once it has left, or never will. */
  send(element: Element): Promise<void> {
    return new Promise((resolve) => this.#socket.write(element.toString(), () => resolve()));
  }

  /** Ends the stream politely; the connection goes at once. */
  close(): void {
    this.#socket.end("</stream:stream>", () => this.destroy());
    this.#fail(new StreamClosed("the connection was closed"));
  }

  destroy(): void {
    this.#socket.destroy();
    this.#fail(new StreamClosed("the connection was closed"));
  }

  #listen(socket: Socket): void {
    socket.on("data", (data: Buffer) => this.#receive(data));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new StreamClosed("the connection was closed")));
  }

  /** From now on a new parser reads what comes. */
  #restart(): Parser {
    const parser = this.#newParser();
    this.#decoder = new StringDecoder("utf8");
    this.#unfinished = 0;
    this.#inbox = [];
    parser.on("element", (element) => {
      this.#unfinished = 0;
      if (element.name === "stream:error") this.#fail(new Error(`the server ends the stream: ${conditionIn(element)}`));
      else this.#inbox.push(element);
      this.#wake();
    });
    parser.on("end", () => this.#fail(new StreamClosed("the server closed the stream")));
    parser.on("error", (error) => this.#fail(error));
    return parser;
  }

  #receive(data: Buffer): void {
    if (this.#failure !== null) return;
    const text = this.#decoder.write(data);
    this.#unfinished += text.length;
    try {
      this.#parser.write(text);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error("the server sends data that is not XMPP"));
    }
    if (this.#unfinished > MAX_ELEMENT_CHARACTERS) this.#fail(new Error("the server sends data that is not XMPP"));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }
}

/** Of a stream error, a stanza error or a failed login: the name of its condition. */
export function conditionIn(element: Element | undefined): string {
  return element?.getChildElements()[0]?.getName() ?? "undefined-condition";
}
