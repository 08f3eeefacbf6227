import type { Scheduler, Timer } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { ConnectionRequestResult } from "../ports/meter.ts";

/** Why a request was refused, in words for the log. */
export type RefusalReason =
  | "no such path"
  | "only GET is allowed"
  | "ConnectionRequestUsername or ConnectionRequestPassword is empty"
  | "wrong credentials"
  | "the nonce is too old or was used before"
  | "the phone accepts no requests now"
  | "too many requests"
  | "too many connections"
  | "not a connection request"
  | "not newer than the last accepted request"
  | "its signature was accepted before"
  | "its time is decades ahead"
  | "internal error";

/** The reasons, as results to count by. */
const RESULTS: Readonly<Record<RefusalReason, ConnectionRequestResult>> = {
  "no such path": "not_found",
  "only GET is allowed": "malformed",
  "ConnectionRequestUsername or ConnectionRequestPassword is empty": "not_configured",
  "wrong credentials": "unauthorized",
  "the nonce is too old or was used before": "stale",
  "the phone accepts no requests now": "unavailable",
  "too many requests": "limited",
  "too many connections": "limited",
  "not a connection request": "malformed",
  "not newer than the last accepted request": "replayed",
  "its signature was accepted before": "replayed",
  "its time is decades ahead": "malformed",
  "internal error": "error",
};

/** Logs the first refusal at once and later ones as one line per interval, so that a flood does not fill the log. */
export interface RefusalLog {
  add(reason: RefusalReason, from: string | undefined): void;
  /** Logs what was not logged yet. */
  close(): void;
}

const INTERVAL_MS = 60_000;

export function createRefusalLog(
  scheduler: Scheduler,
  log: Logger,
  count: (result: ConnectionRequestResult) => void = () => {},
): RefusalLog {
  const counts = new Map<RefusalReason, number>();
  let timer: Timer | undefined;

  const logCount = (): boolean => {
    if (counts.size === 0) return false;
    log.warn({ refused: Object.fromEntries(counts) }, "more connection requests were refused");
    counts.clear();
    return true;
  };
  const startInterval = (): void => {
    timer = scheduler.after(INTERVAL_MS, "connection request refusals", () => {
      timer = undefined;
      if (logCount()) startInterval();
    });
  };

  return {
    add(reason, from) {
      count(RESULTS[reason]);
      if (timer !== undefined) {
        counts.set(reason, (counts.get(reason) ?? 0) + 1);
        return;
      }
      log.warn({ from, reason }, `a connection request was refused: ${reason}`);
      startInterval();
    },
    close() {
      timer?.cancel();
      timer = undefined;
      logCount();
    },
  };
}
