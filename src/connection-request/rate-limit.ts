import type { Clock } from "../ports/clock.ts";

/** At most `count` accepted connection requests in any `windowMs` milliseconds (TR-069 3.2.2, C-221). */
export interface Rate {
  readonly count: number;
  readonly windowMs: number;
}

export interface RateLimit {
  /** True while one more may be accepted. */
  open(): boolean;
  record(): void;
}

export function createRateLimit(clock: Clock, { count, windowMs }: Rate): RateLimit {
  /** Never longer than `count`: `record` follows an `open` that said yes. */
  const acceptedMs: number[] = [];
  return {
    open() {
      const sinceMs = clock.monotonic() - windowMs;
      while (acceptedMs[0] !== undefined && acceptedMs[0] <= sinceMs) acceptedMs.shift();
      return acceptedMs.length < count;
    },
    record() {
      acceptedMs.push(clock.monotonic());
    },
  };
}
