import { CPE_FAULTS } from "../../cwmp/faults.ts";
import type { TransferFailure } from "../autonomous/transfer-report.ts";
import type { TransferRecord, Window } from "./record.ts";

/** When a transfer is tried next, or why it is not retried. */
export type NextTry =
  | { readonly kind: "wait"; readonly change: Pick<TransferRecord, "dueAt" | "windows" | "tries"> }
  | { readonly kind: "give up"; readonly failure: TransferFailure };

/** Between a failed try and the next one in the same window. */
const RETRY_MS = 30_000;
/** What MaxRetries -1 means here. */
const OWN_RETRIES = 3;
/** A Download or Upload is tried once; only one that a restart interrupted is resumed, at most this many times. */
const MAX_BROKEN_OFF = 5;

/**
 * A ScheduleDownload is tried again within its windows as often as each allows, and never past the last one's end: then it
 * is fault 9020 (C-195). `record.failure` says why the last try failed; null: there was none, or a restart broke it off.
 */
export function planTry(record: TransferRecord, now: number): NextTry {
  if (record.method !== "ScheduleDownload") return planSingle(record);
  const open = record.windows.filter(({ endAt }) => endAt > now);
  const [window, ...later] = open;
  if (window === undefined) return { kind: "give up", failure: tooLate(record) };
  const tries = window.endAt === record.windows[0]?.endAt ? record.tries : 0;
  const dueAt = Math.max(window.startAt, tries === 0 ? now : now + RETRY_MS);
  if (tries <= retriesIn(window) && dueAt < window.endAt)
    return { kind: "wait", change: { dueAt, windows: open, tries } };
  const [next] = later;
  if (next !== undefined) return { kind: "wait", change: { dueAt: next.startAt, windows: later, tries: 0 } };
  const exhausted = tries > retriesIn(window) ? record.failure : null;
  return { kind: "give up", failure: exhausted ?? tooLate(record) };
}

function planSingle({ tries, dueAt, windows, failure }: TransferRecord): NextTry {
  if (failure !== null) return { kind: "give up", failure };
  if (tries >= MAX_BROKEN_OFF) {
    return { kind: "give up", failure: { code: 9010, text: "each try was interrupted by a restart of the phone" } };
  }
  return { kind: "wait", change: { dueAt, windows, tries } };
}

function retriesIn({ maxRetries }: Window): number {
  return maxRetries < 0 ? OWN_RETRIES : maxRetries;
}

function tooLate({ failure }: TransferRecord): TransferFailure {
  const { text } = CPE_FAULTS[9020];
  return { code: 9020, text: failure === null ? text : `${text}; the last try: ${failure.text}` };
}
