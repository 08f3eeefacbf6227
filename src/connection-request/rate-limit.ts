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

export function createRateLimit(clock: Clock, rate: Rate): RateLimit {
  return new Limit(clock, rate);
}

class Limit implements RateLimit {
  readonly #clock: Clock;
  readonly #rate: Rate;
  /** Never longer than `count`: `record` follows an `open` that said yes. Null: none has ever been accepted. */
  #acceptedMs: number[] | null = null;

  constructor(clock: Clock, rate: Rate) {
    this.#clock = clock;
    this.#rate = rate;
  }

  open(): boolean {
    const accepted = this.#acceptedMs;
    if (accepted === null) return true;
    const sinceMs = this.#clock.monotonic() - this.#rate.windowMs;
    while (accepted[0] !== undefined && accepted[0] <= sinceMs) accepted.shift();
    return accepted.length < this.#rate.count;
  }

  record(): void {
    this.#acceptedMs ??= [];
    this.#acceptedMs.push(this.#clock.monotonic());
  }
}
