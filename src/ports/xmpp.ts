/** Connections to XMPP servers, as a client. */
export interface Xmpp {
  /** What the SRV records of `_xmpp-client._tcp.` name; empty where there are none. Throws when DNS gives no answer. */
  servers(domain: string): Promise<readonly XmppServer[]>;
  /** Starts to connect and returns at once: results go to the listener. Never throws. */
  connect(account: XmppAccount, listener: XmppListener): XmppLink;
}

/** Lower priorities first; among equals at random, by weight (RFC 2782). */
export interface XmppServer {
  readonly host: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

export interface XmppAccount {
  readonly username: string;
  readonly password: string;
  readonly domain: string;
  /** Empty: the server chooses. */
  readonly resource: string;
  readonly host: string;
  readonly port: number;
  /** True: no TLS, no connection. False: TLS where the server requires it. */
  readonly forceTls: boolean;
  /** 0: never. */
  readonly keepAliveSeconds: number;
}

export type XmppFailure = "unreachable" | "authentication" | "other";

/** The child of an IQ of type `get`. Texts may be secrets. */
export interface XmppElement {
  readonly namespace: string;
  readonly name: string;
  readonly children: readonly { readonly namespace: string; readonly name: string; readonly text: string }[];
}

/** A stanza error (RFC 6120 8.3.3), or `result`. */
export type XmppAnswer = "result" | "bad-request" | "not-authorized" | "service-unavailable";

export interface XmppReply {
  readonly answer: XmppAnswer;
  /** Called once the answer has left. */
  sent?(): void;
}

export interface XmppListener {
  /** The full Jabber ID that the server has given. */
  online(jabberId: string, secured: boolean): void;
  request(from: string, element: XmppElement): XmppReply;
  /** Once, for good, unless `close` was called; `reason` is for the log and holds no secret. */
  ended(failure: XmppFailure, reason: string): void;
}

export interface XmppLink {
  /** Asks another client: `result`, the condition of its error, or `no answer`. Only while online. Never throws. */
  get(to: string, element: XmppElement): Promise<string>;
  /** Ends all notifications. Never throws. */
  close(): Promise<void>;
}
