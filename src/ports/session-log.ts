import type { TraceRecord } from "./trace.ts";

/** One session as it was on the wire: what a ladder diagram is drawn from. */
export interface RecordedSession {
  readonly session: number;
  readonly records: readonly TraceRecord[];
  /** Where records in the middle of a long session are not kept: `count` of them, before `records[at]`. Absent: all are there. */
  readonly gap?: { readonly at: number; readonly count: number };
  /** Whether its connection is still open. */
  readonly running: boolean;
}

/** The last sessions of this process, in memory. Bounded in sessions, records and bytes; nothing that it hands out holds a secret. */
export interface SessionLog {
  /** Oldest first. */
  sessions(): readonly RecordedSession[];
  get(session: number): RecordedSession | null;
  /**
   * The masked envelope of a message by the place of its record in the session, from 0, those of a gap counted. Where it was too
   * long to be kept whole, its last line says so. Null when it was empty, or is no longer kept.
   */
  envelope(session: number, index: number): string | null;
  /** Calls the listener with each record; returns the function that removes it. */
  onRecord(listener: (record: TraceRecord) => void): () => void;
}
