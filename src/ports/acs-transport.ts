/** The way to the ACS. One connection per session holds its TCP connection, cookies and digest nonce. */
export interface AcsTarget {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

export interface AcsAnswer {
  /** 200 or 204: everything else has become an AgentError. */
  readonly status: number;
  /** Null for an empty answer. */
  readonly body: string | null;
  /** The ACS's clock (HTTP Date), milliseconds since 1970; left out where it tells none. */
  readonly timeMs?: number;
}

export interface AcsConnection {
  /**
   * Posts an envelope, or nothing (`null`: the empty POST). Handles 401, redirects and cookies. Throws AgentError ACS_*:
   * the session has failed.
   */
  post(envelope: string | null): Promise<AcsAnswer>;
  /** Ends the TCP connection. Never throws. */
  close(): Promise<void>;
}

export interface AcsTransport {
  open(target: AcsTarget, signal: AbortSignal): AcsConnection;
}

/** What happens on the wire, for traces and ladder diagrams. Bodies hold secrets: mask before they leave the process. */
export type WireEvent =
  | { readonly kind: "connected"; readonly address: string; readonly port: number }
  | { readonly kind: "secured"; readonly protocol: string; readonly cipher: string }
  | { readonly kind: "sent"; readonly body: string | null; readonly bytes: number; readonly authorized: boolean }
  | { readonly kind: "received"; readonly status: number; readonly body: string | null; readonly bytes: number }
  | { readonly kind: "closed"; readonly error: string | null };

/** `session` counts from 1 in the life of a transport; `at` is wall time in milliseconds. */
export type WireObserver = (session: number, at: number, event: WireEvent) => void;
