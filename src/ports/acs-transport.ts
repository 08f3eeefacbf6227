import type { Logger } from "./logger.ts";

/** The way to the ACS. One connection per session holds its TCP connection, cookies and digest nonce. */
export interface AcsTarget {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** The event codes that the session is to report, for those who watch it. */
  readonly events?: readonly string[];
  /** Which phone it is, where a transport serves several. */
  readonly caller?: AcsCaller;
}

/** One of the phones that share a transport. */
export interface AcsCaller {
  readonly phone: string;
  readonly log: Logger;
  /** Sees this phone's sessions, beside the observer of the transport. Must not throw. */
  readonly observe?: WireObserver;
}

export interface AcsAnswer {
  /** 200 or 204: everything else has become an AgentError. */
  readonly status: number;
  /** Null for an empty answer. */
  readonly body: string | null;
  /** The ACS's clock (HTTP Date), milliseconds since 1970; left out if it sent none. */
  readonly timeMs?: number;
}

/** What a message is, for file names and for the arrows of a ladder. */
export interface MessageDescription {
  /** The RPC or response, `Fault`, `Invalid` for what is no envelope, empty for an empty message. */
  readonly name: string;
  /**
   * Event codes, fault codes, an object's path, a file type with its masked URL, a transfer's result, a number of parameters.
   * Never a value.
   */
  readonly detail: string;
}

/**
 * Describes the two messages of an exchange for observers of the wire, so that they need not decode them. Called only
 * if there are observers; must not throw.
 */
export interface ExchangeReader {
  describeSent(): MessageDescription;
  /** Of an answer's body. Null: it is not read, or cannot be. */
  describeReceived(body: string): MessageDescription | null;
}

export interface AcsConnection {
  /**
   * Posts an envelope, or nothing (`null`: the empty POST). Handles 401, redirects and cookies. Throws AgentError ACS_*:
   * the session has failed.
   */
  post(envelope: string | null, reader?: ExchangeReader): Promise<AcsAnswer>;
  /** Ends the TCP connection. `failure`: why the session has failed, for those who watch it. Never throws. */
  close(failure?: string): Promise<void>;
  /** Milliseconds from `open` to the last thing on the wire, as in every record of it; left out: not measured. */
  readonly tookMs?: () => number;
}

export interface AcsTransport {
  open(target: AcsTarget, signal: AbortSignal): AcsConnection;
}

interface WireMessage {
  /** Null: there was none. */
  readonly body: string | null;
  readonly bytes: number;
  /** Its description, if the sender or receiver knows it. Null: determined from the body. */
  readonly describe?: () => MessageDescription | null;
}

/** What happens on the wire, for traces and ladder diagrams. Bodies hold secrets: mask before they leave the process. */
export type WireEvent =
  | { readonly kind: "connected"; readonly address: string; readonly port: number }
  | { readonly kind: "secured"; readonly protocol: string; readonly cipher: string }
  | ({ readonly kind: "sent"; readonly authorized: boolean } & WireMessage)
  | ({ readonly kind: "received"; readonly status: number } & WireMessage)
  | {
      readonly kind: "closed";
      readonly error: string | null;
      /** The connection was never established. */
      readonly opened?: false;
      /** Connection refused. */
      readonly refused?: true;
    };

/** When the session began, wall time in milliseconds, and the event codes that it is to report. */
export interface WireStart {
  readonly at: number;
  readonly events: readonly string[];
  /** The phone of the session; left out if the transport has only one. */
  readonly phone?: string;
}

/**
 * `session` counts from 1 in the life of a transport; `at` is wall time in milliseconds. `start` comes with the first event of
 * a session.
 */
export type WireObserver = (session: number, at: number, event: WireEvent, start?: WireStart) => void;
