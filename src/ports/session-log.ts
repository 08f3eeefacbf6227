import type { TraceRecord } from "./trace.ts";

/** One session as it was on the wire: what a ladder diagram is drawn from. */
export interface RecordedSession {
  readonly session: number;
  readonly records: readonly TraceRecord[];
  /** Whether its connection is still open. */
  readonly running: boolean;
}

/** The last sessions of this process, in memory. Bounded in sessions, records and bytes; nothing in it holds a secret. */
export interface SessionLog {
  /** Oldest first. */
  sessions(): readonly RecordedSession[];
  get(session: number): RecordedSession | null;
  /** The masked envelope of a message by the place of its record in the session, from 0; null when it was empty, or is no longer kept. */
  envelope(session: number, index: number): string | null;
  /** Calls the listener with each record as it happens; answers how to end that. */
  onRecord(listener: (record: TraceRecord) => void): () => void;
}
