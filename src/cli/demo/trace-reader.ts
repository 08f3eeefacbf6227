import { readFile } from "node:fs/promises";
import type { TraceRecord } from "../../ports/trace.ts";
import { waitUntil } from "./wait.ts";

/** Reads the sessions from a `trace.jsonl` while it is written. */
export interface TraceReader {
  /** Waits for the end of the next session, and resolves with its records. */
  nextSession(): Promise<readonly TraceRecord[]>;
}

/** Sessions that the file already holds are skipped. */
export async function createTraceReader(file: string): Promise<TraceReader> {
  let taken = closedSessions(await readFile(file, "utf8").catch(() => "")).length;
  return {
    async nextSession() {
      const records = await waitUntil("a session in the phone's trace", async () => {
        const sessions = closedSessions(await readFile(file, "utf8").catch(() => ""));
        return sessions[taken];
      });
      taken += 1;
      return records;
    },
  };
}

/** In the order in which they ended. The numbers restart with the agent. */
export function closedSessions(text: string): readonly (readonly TraceRecord[])[] {
  const closed: (readonly TraceRecord[])[] = [];
  const open = new Map<number, TraceRecord[]>();
  for (const line of text.split("\n").slice(0, -1)) {
    const record = JSON.parse(line) as TraceRecord;
    // A connection opens although the session's last one was never closed: the agent was killed in between.
    const records = record.kind === "connected" && open.has(record.session) ? undefined : open.get(record.session);
    const session = [...(records ?? []), record];
    open.set(record.session, session);
    if (record.kind !== "closed") continue;
    closed.push(session);
    open.delete(record.session);
  }
  return closed;
}
