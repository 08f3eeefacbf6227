import type { InternetAddress } from "./datagrams.ts";

/** The STUN parameters of the ManagementServer object, as currently set. Holds a secret. */
export interface StunSettings {
  /** A name or an IP address, without brackets. */
  readonly server: InternetAddress;
  /** Empty: requests carry no USERNAME and are never signed. */
  readonly username: string;
  readonly password: string;
  /** STUNMinimumKeepAlivePeriod. */
  readonly minimumSeconds: number;
  /** STUNMaximumKeepAlivePeriod; null: no limit (-1). */
  readonly maximumSeconds: number | null;
}

/** The last accepted request: older ones and its copies are refused (C-246). */
export interface AcceptedMark {
  readonly ts: number;
  readonly id: string;
}

export interface AcceptedRequest extends AcceptedMark {
  /** Lower-case hex. It covers the arguments without separators, so another split of the same text has it too. */
  readonly sig: string;
}

export interface AcceptedRequests {
  /** Null before the first one. */
  readonly mark: AcceptedMark | null;
  /** Of the latest ones, oldest first: none of them is accepted again, however its text is split. */
  readonly signatures: readonly string[];
}

/** Where the phone is reached from outside. */
export interface UdpBinding {
  readonly address: InternetAddress;
  /** Whether it differs from the phone's own address and port. */
  readonly natDetected: boolean;
}

/** One phone, as its UDP port sees it. */
export interface UdpEndpoint {
  /** As currently set. While either is empty every request is refused. */
  credentials(): { readonly username: string; readonly password: string };
  /** What is remembered of accepted requests, over restarts. A request counts in it as soon as `requested` has returned. */
  accepted(): AcceptedRequests;
  /** A genuine request. */
  requested(request: AcceptedRequest): void;
  /** STUN has found the phone's address: for the first time, or another one. */
  bound(binding: UdpBinding): void;
}

export interface UdpListener {
  /** Host null: every address of this machine. */
  readonly local: { readonly host: string | null; readonly port: number };
  /** Restarts the search for the phone's outside address; null ends it. */
  useStun(settings: StunSettings | null): void;
  close(): Promise<void>;
}

/** UDP connection requests and the STUN that lets them through a NAT (TR-069 Annex G). */
export interface UdpConnectionRequests {
  /** Whether the port is open while STUN is off too. */
  readonly always: boolean;
  /** Throws AgentError LISTEN. */
  listen(endpoint: UdpEndpoint): Promise<UdpListener>;
}
