import type { RecordedSession } from "../ports/session-log.ts";
import type { TraceRecord } from "../ports/trace.ts";
import { isFault, startOf } from "./rung.ts";

/** A recorded session in a line. */
export interface SessionSummary {
  /** Event codes of its Inform, sent or not. */
  readonly events: readonly string[];
  readonly outcome: "running" | "complete" | "failed";
  /** For a failed one: why, as far as the wire shows it. */
  readonly reason: string;
  /** Wall time, milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Of both sides, the empty ones too. In a session with a gap: of those that are kept. */
  readonly messages: number;
  readonly bytes: number;
}

export function summaryOf({ records, running }: RecordedSession): SessionSummary {
  const messages = records.filter(({ kind }) => kind === "message");
  const inform = messages.find(({ from, name }) => from === "cpe" && name === "Inform");
  const complete = isEnd(messages.at(-1));
  const startedAt = startOf(records);
  return {
    events: inform?.detail?.split(", ") ?? records[0]?.events ?? [],
    outcome: running ? "running" : complete ? "complete" : "failed",
    reason: running || complete ? "" : reasonOf(records, messages.at(-1)),
    startedAt,
    durationMs: (records.at(-1)?.at ?? startedAt) - startedAt,
    messages: messages.length,
    bytes: messages.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
  };
}

/** Of a session, whatever its outcome: RPCs that were refused, and transfers that are reported as failed. */
export function faultCount({ records }: RecordedSession): number {
  return records.filter(isFault).length;
}

/** The ACS has no more requests: the one normal end of a session (TR-069 3.7.1.4). */
function isEnd(last: TraceRecord | undefined): boolean {
  const { from, name, status = 0, bytes } = last ?? {};
  return from === "acs" && name === "" && bytes === 0 && (status === 200 || status === 204);
}

function reasonOf(records: readonly TraceRecord[], last: TraceRecord | undefined): string {
  const error = records.at(-1)?.error;
  if (error !== undefined) return error;
  if (last === undefined) return "no message was exchanged";
  if (last.from === "cpe") return "the ACS did not answer";
  if (last.name === "Fault") return `the ACS answered with the fault ${last.detail ?? ""}`.trim();
  if (last.status === 401) return "the ACS refused the credentials (HTTP 401)";
  if (last.status !== 200) return `the ACS answered with HTTP status ${last.status ?? "?"}`;
  return "the phone ended it after this answer of the ACS";
}
