import type { RecordedSession } from "../ports/session-log.ts";
import type { TraceRecord } from "../ports/trace.ts";

/** One record, and its envelope while that is kept. */
export interface Entry {
  readonly record: TraceRecord;
  envelope: Envelope | null;
}

export interface Envelope {
  /** UTF-8, a memory of its own: nothing of the text it was taken from stays. Its secrets are still in it. */
  readonly text: Uint8Array;
  /** Bytes at its end that are not kept. */
  readonly cutBytes: number;
}

/** The records of one session: its first ones, and its last ones where it became too long. */
export interface Recording {
  /** Answers what had to go. */
  add(entry: Entry): Entry | null;
  /** By its place in the session; null when it is in the gap, or beyond the end. */
  at(place: number): Entry | null;
  entries(): readonly Entry[];
  view(): RecordedSession;
}

export function createRecording(session: number, max: { readonly first: number; readonly last: number }): Recording {
  const first: Entry[] = [];
  const last: Entry[] = [];
  let leftOut = 0;
  const entries = (): readonly Entry[] => [...first, ...last];
  return {
    add(entry) {
      if (first.length < max.first) {
        first.push(entry);
        return null;
      }
      last.push(entry);
      if (last.length <= max.last) return null;
      leftOut++;
      return last.shift() ?? null;
    },
    at: (place) => (place < first.length ? first[place] : last[place - first.length - leftOut]) ?? null,
    entries,
    view() {
      const records = entries().map(({ record }) => record);
      return {
        session,
        records,
        ...(leftOut === 0 ? {} : { gap: { at: first.length, count: leftOut } }),
        running: records.at(-1)?.kind !== "closed",
      };
    },
  };
}
