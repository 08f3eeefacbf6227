import type { Clock } from "../ports/clock.ts";
import type { FailedAttempts } from "../ports/failed-attempts.ts";

/** Limits that slow password guessing down. */
export interface AttemptPolicy {
  /** Failures of one source that cost no wait. */
  readonly free: number;
  /** After the first failure beyond those; each one more doubles it. */
  readonly firstWaitMs: number;
  readonly maxWaitMs: number;
  /** Of all sources together: so many failures at once, and one more in every `eachMs`. Sources that have succeeded are exempt. */
  readonly whole: { readonly count: number; readonly eachMs: number };
}

/** A source of failures is forgotten that long after the last one. */
const FORGET_AFTER_MS = 3_600_000;
/** Sources that are remembered: about 200 kB. */
const MAX_SOURCES = 1000;
const MAX_SUCCESSFUL = 100;

interface Failures {
  readonly count: number;
  readonly lastMs: number;
}

/** Sources are what the caller says, such as `sourceOf` an address. */
export function createFailedAttempts(clock: Clock, policy: AttemptPolicy): FailedAttempts {
  /** In the order of the last failure. */
  const sources = new Map<string, Failures>();
  /** In the order of the last success. */
  const successful = new Set<string>();
  const whole = createBudget(clock, policy.whole);
  const current = (source: string): Failures => {
    const known = sources.get(source);
    const fresh = known !== undefined && clock.monotonic() - known.lastMs < FORGET_AFTER_MS;
    return fresh ? known : { count: 0, lastMs: 0 };
  };
  return {
    waitMs(source) {
      const { count, lastMs } = current(source);
      const own = Math.max(0, lastMs + penaltyMs(policy, count) - clock.monotonic());
      return successful.has(source) ? own : Math.max(own, whole.waitMs());
    },
    failed(source) {
      const { count } = current(source);
      sources.delete(source);
      makeRoom(sources, MAX_SOURCES);
      sources.set(source, { count: count + 1, lastMs: clock.monotonic() });
      whole.spend();
    },
    succeeded(source) {
      successful.delete(source);
      makeRoom(successful, MAX_SUCCESSFUL);
      successful.add(source);
    },
  };
}

function penaltyMs({ free, firstWaitMs, maxWaitMs }: AttemptPolicy, failures: number): number {
  if (failures < free) return 0;
  return Math.min(maxWaitMs, firstWaitMs * 2 ** Math.min(30, failures - free));
}

/** What was put in first goes first. */
function makeRoom(store: Map<string, unknown> | Set<string>, limit: number): void {
  for (const oldest of store.keys()) {
    if (store.size < limit) break;
    store.delete(oldest);
  }
}

function createBudget(clock: Clock, { count, eachMs }: AttemptPolicy["whole"]) {
  let left = count;
  let countedMs = clock.monotonic();
  const refill = (): void => {
    const more = Math.floor((clock.monotonic() - countedMs) / eachMs);
    countedMs += more * eachMs;
    left = Math.min(count, left + more);
    if (left === count) countedMs = clock.monotonic();
  };
  return {
    waitMs(): number {
      refill();
      return left > 0 ? 0 : countedMs + eachMs - clock.monotonic();
    },
    spend(): void {
      refill();
      left = Math.max(0, left - 1);
    },
  };
}
