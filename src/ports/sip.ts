import type { InternetAddress } from "./datagrams.ts";

export type SipProtocol = "UDP" | "TCP" | "TLS";

/** Where a request goes: an IP address and port that RFC 3263 has found. */
export interface SipTarget extends InternetAddress {
  readonly protocol: SipProtocol;
  /** The name that the server's certificate must have; TLS only. */
  readonly name: string;
}

/** A way to one server or from one peer: a connection, or a UDP socket and the peer's address. */
export interface SipFlow {
  readonly protocol: SipProtocol;
  readonly remote: InternetAddress;
  /** Where the other side reaches this one. */
  readonly local: InternetAddress;
  /** What cannot be sent is lost, as a datagram is; a connection that ends is reported to `SipListener.closed`. */
  send(bytes: Uint8Array): void;
  /** The same way to another port of the peer: UDP answers to a peer without rport (RFC 3261 18.2.2). Absent on connections. */
  toPort?(port: number): SipFlow;
}

export interface SipListener {
  /** One datagram, or one message of a connection. */
  received(bytes: Uint8Array, from: SipFlow): void;
  /** A connection has ended. */
  closed(flow: SipFlow, reason: string): void;
}

export interface SipTransport {
  /** Once, before the first `open`. */
  listen(listener: SipListener): void;
  /**
   * A way to that server; connections are shared and reused. Rejects with an Error that says why there is none.
   *
   * @param localPort of UDP: where the phone hears SIP.
   */
  open(target: SipTarget, localPort: number): Promise<SipFlow>;
  /** Keeps the UDP socket at that local port open while it is in use; call the returned function to release it. */
  usePort(localPort: number): () => void;
  /** Whether this side can send to an address of that kind: one socket may speak IPv4 or IPv6 alone. */
  speaksTo(host: string): boolean;
  /** A socket for the voice of one call; the port is any free one. Rejects with an Error that says why there is none. */
  openVoice(received: (bytes: Uint8Array, answer: (bytes: Uint8Array) => void) => void): Promise<SipVoice>;
  close(): Promise<void>;
}

export interface SipVoice {
  readonly port: number;
  close(): Promise<void>;
}

export interface ServiceRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** The DNS, as RFC 3263 asks it. */
export interface SipResolver {
  /** Empty: there are none. */
  services(name: string): Promise<readonly ServiceRecord[]>;
  /** IPv4 and IPv6 addresses of a name. Rejects with an Error that says why there are none. */
  addresses(name: string): Promise<readonly string[]>;
}
