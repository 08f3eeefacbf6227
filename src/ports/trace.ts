/** One line of `trace.jsonl`: what a ladder diagram is drawn from. Holds no message body; `file` names the masked envelope. */
export interface TraceRecord {
  /** Counts from 1 in the life of the writer. */
  readonly session: number;
  /** Wall time, milliseconds since 1970. */
  readonly at: number;
  readonly kind: "connected" | "secured" | "message" | "closed";
  /** For `connected`: `host:port`. */
  readonly address?: string;
  /** For `secured`, such as `TLSv1.3` and its cipher. */
  readonly protocol?: string;
  readonly cipher?: string;
  /** For `message`: who sent it. */
  readonly from?: "cpe" | "acs";
  /** For `message`: the RPC's name, `GetParameterValuesResponse`, `Fault`, or `` for an empty one. */
  readonly name?: string;
  /** For messages of the ACS. */
  readonly status?: number;
  readonly bytes?: number;
  /** What a reader wants to see beside the arrow: event codes, a fault code, a parameter count. Never a value. */
  readonly detail?: string;
  readonly file?: string;
  /** In the first record of a session: when it began, wall time in milliseconds, and the event codes that it is to report. */
  readonly startedAt?: number;
  readonly events?: readonly string[];
  /** In the first record of a session: whose it is; left out where the process has one phone. */
  readonly phone?: string;
  /** For `closed`: false when the connection never stood; and whether nobody listened there. */
  readonly opened?: false;
  readonly refused?: true;
  /** For `closed`: why, when it was not the normal end. */
  readonly error?: string;
}
