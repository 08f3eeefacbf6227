/** How fast phones are started: as fast as was asked, or slower while the ACS is overloaded. */
export interface Pace {
  /** Phones a second. */
  readonly rate: number;
  /** Evaluates the last second. Returns a notice; null: nothing has changed. */
  observe(second: ObservedSecond): string | null;
}

export interface ObservedSecond {
  /** Of requests, in milliseconds; null: there were none. */
  readonly p95: number | null;
  /** Answers 503. */
  readonly unavailable: number;
  /** Sessions that found no ACS, or timed out waiting for it. */
  readonly unanswered: number;
}

export interface PaceOptions {
  /** Phones a second. */
  readonly rate: number;
  readonly slowLatencyMs: number;
}

/** Halved again and again, it does not get slower than this share of what was asked. */
const SLOWEST = 1 / 64;
/** Seconds without trouble before it is doubled. */
const CALM_SECONDS = 5;

export function createPace({ rate: asked, slowLatencyMs }: PaceOptions): Pace {
  let share = 1;
  let calm = 0;
  const said = (why: string): string => `${why}: phones are started at ${(asked * share).toPrecision(2)} a second`;
  return {
    get rate() {
      return asked * share;
    },
    observe(second) {
      const trouble = troubleOf(second, slowLatencyMs);
      if (trouble !== null) {
        calm = 0;
        if (share <= SLOWEST) return null;
        share /= 2;
        return said(trouble);
      }
      if (share === 1 || ++calm < CALM_SECONDS) return null;
      calm = 0;
      share *= 2;
      return said("The ACS has recovered");
    },
  };
}

function troubleOf({ p95, unavailable, unanswered }: ObservedSecond, slowLatencyMs: number): string | null {
  if (unavailable > 0) return `The ACS answers 503 (${unavailable} in a second)`;
  if (p95 !== null && p95 > slowLatencyMs) return `The ACS is slow (95 % within ${Math.round(p95)} ms)`;
  return unanswered > 0 ? `The ACS does not answer (${unanswered} sessions in a second)` : null;
}
