import type { Clock, Scheduler, Timer } from "../../ports/clock.ts";

/** The clock drifts by less between two looks, where nobody sets it. */
const DRIFT_MS = 1_000;
/** The scheduler's clock and the wall clock may drift apart, so the wall clock is read again before the time comes. */
const MAX_WAIT_MS = 3_600_000;

export interface WallClockTimerOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly name: string;
  /** The next time after an instant, both milliseconds since 1970; null when there is none any more. */
  readonly next: (after: number) => number | null;
  /** The maximum delay of a time that became due since the last look, if the clock was set in between. */
  readonly lateLimitMs: number;
  /** The maximum delay of a time that a clock change has skipped; 0: it is dropped, as at a phone that was off. */
  readonly jumpLimitMs: number;
  /** Must not fail. */
  readonly run: () => void;
}

export interface WallClockTimer {
  /** When it runs next, milliseconds since 1970; null: never. */
  readonly dueAt: number | null;
  cancel(): void;
}

/**
 * Calls `run` at times of the wall clock, until it is cancelled. When the clock is set, the next time counts from the new time
 * on.
 */
export function startWallClockTimer(options: WallClockTimerOptions): WallClockTimer {
  return new WallTimer(options);
}

class WallTimer implements WallClockTimer {
  readonly #options: WallClockTimerOptions;
  readonly #unwatch: () => void;
  #timer: Timer | null = null;
  #dueAt: number | null;
  /** Of the last look, on both clocks. */
  #wallMs: number;
  #monotonicMs: number;

  constructor(options: WallClockTimerOptions) {
    this.#options = options;
    const { clock } = options;
    this.#wallMs = clock.now();
    this.#monotonicMs = clock.monotonic();
    this.#dueAt = options.next(this.#wallMs);
    this.#unwatch = clock.onSet(() => this.#look());
    this.#wait();
  }

  get dueAt(): number | null {
    return this.#dueAt;
  }

  cancel(): void {
    this.#unwatch();
    this.#timer?.cancel();
  }

  #wait(): void {
    const { clock, scheduler, name } = this.#options;
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#dueAt === null) return;
    this.#timer = scheduler.after(Math.min(this.#dueAt - clock.now(), MAX_WAIT_MS), name, () => this.#look());
  }

  #look(): void {
    const { clock, next, run } = this.#options;
    const now = clock.now();
    const isDue = this.#hasCome(now);
    this.#wallMs = now;
    this.#monotonicMs = clock.monotonic();
    this.#dueAt = next(now);
    this.#wait();
    if (isDue) run();
  }

  #hasCome(now: number): boolean {
    const { clock, next, lateLimitMs, jumpLimitMs } = this.#options;
    const lateMs = this.#dueAt === null ? -1 : now - this.#dueAt;
    const passedMs = clock.monotonic() - this.#monotonicMs;
    const wasSet = Math.abs(now - this.#wallMs - passedMs) >= DRIFT_MS;
    if (!wasSet) return lateMs >= 0;
    const missed = next(now - Math.min(passedMs, lateLimitMs));
    return (missed !== null && missed <= now) || (lateMs >= 0 && lateMs < jumpLimitMs);
  }
}
