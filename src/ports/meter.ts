import type { AgentErrorCode } from "../cwmp/errors.ts";
import type { EventCode } from "../cwmp/events.ts";
import type { FaultCode } from "../cwmp/faults.ts";

/** A session that has ended. */
export interface MeteredSession {
  readonly events: readonly EventCode[];
  readonly durationMs: number;
  /** Null for a successful one. */
  readonly failure: AgentErrorCode | "INTERNAL" | null;
}

/** An RPC of the ACS, from its arrival until its answer was handed to the connection. */
export interface MeteredRpc {
  /** One that this phone serves, or `other`: whatever an ACS sends, there are not more. */
  readonly method: string;
  readonly durationMs: number;
  readonly fault: MeteredFault | null;
}

/** A fault of ours, with those of single parameters (SetParameterValues). */
export interface MeteredFault {
  readonly faultCode: FaultCode;
  readonly parameterFaults: readonly { readonly faultCode: FaultCode }[];
}

export type ConnectionRequestTransport = "http" | "udp" | "xmpp";

/** The result of a connection request; `malformed` or `error` if no other fits. */
export const CONNECTION_REQUEST_RESULTS = [
  "accepted",
  /** The first step of Digest: asked to log in. */
  "challenged",
  "unauthorized",
  /** Its nonce was too old or used before: asked once more. */
  "stale",
  /** Not newer than the last accepted one. */
  "replayed",
  /** The phone has no user name or password for them. */
  "not_configured",
  /** By a Jabber ID that is not on the list, or over another connection than the one for requests. */
  "not_allowed",
  /** Too many requests or connections. */
  "limited",
  "unavailable",
  "not_found",
  "malformed",
  "error",
] as const;
export type ConnectionRequestResult = (typeof CONNECTION_REQUEST_RESULTS)[number];

/** `Autonomous`: one that the ACS has not asked for. */
export type MeteredTransferMethod = "Download" | "Upload" | "ScheduleDownload" | "Autonomous";

/**
 * What agents count while they work. One meter may serve any number of agents. Every text in its arguments is one of a
 * fixed set, whatever an ACS or a stranger sends. Must not throw.
 */
export interface Meter {
  sessionEnded(session: MeteredSession): void;
  rpcServed(rpc: MeteredRpc): void;
  /** The ACS has answered a request of ours with a fault. */
  acsFault(method: string, faultCode: number): void;
  connectionRequest(transport: ConnectionRequestTransport, result: ConnectionRequestResult): void;
  /** A transfer has ended for good: 0, or why it failed. */
  transferEnded(method: MeteredTransferMethod, faultCode: FaultCode | 0): void;
  /** Parameters or settings have been stored, or could not be. */
  committed(by: "acs" | "device", durationMs: number, successful: boolean): void;
}

/** For an agent without metrics. */
export const NO_METER: Meter = {
  sessionEnded: () => {},
  rpcServed: () => {},
  acsFault: () => {},
  connectionRequest: () => {},
  transferEnded: () => {},
  committed: () => {},
};
