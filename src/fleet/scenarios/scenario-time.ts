import type { Scheduler, Timer } from "../../ports/clock.ts";

export interface ScenarioTimeOptions {
  readonly scheduler: Scheduler;
  /** Milliseconds since the scenario's time 0. */
  readonly elapsedMs: () => number;
}

/** The time of one scenario: that of the fleet until its rate is changed. */
export class ScenarioTime {
  readonly #options: ScenarioTimeOptions;
  #rate = 1;
  /** When the rate was changed: on the clock of the fleet, and on this one. */
  #changed = { elapsedMs: 0, ownMs: 0 };
  /** What comes next; null: nothing. */
  #next: { readonly dueMs: number; readonly run: () => void } | null = null;
  #timer: Timer | null = null;

  constructor(options: ScenarioTimeOptions) {
    this.#options = options;
  }

  /** How many of its seconds pass in a second; 0: it stands still. */
  get rate(): number {
    return this.#rate;
  }

  nowMs(): number {
    const { elapsedMs, ownMs } = this.#changed;
    return ownMs + (this.#options.elapsedMs() - elapsedMs) * this.#rate;
  }

  setRate(rate: number): void {
    this.#changed = { ownMs: this.nowMs(), elapsedMs: this.#options.elapsedMs() };
    this.#rate = rate;
    this.#wait();
  }

  /** Runs it at that time, in the place of what was to come next. */
  at(dueMs: number, run: () => void): void {
    this.#next = { dueMs, run };
    this.#wait();
  }

  stop(): void {
    this.#next = null;
    this.#wait();
  }

  #wait(): void {
    this.#timer?.cancel();
    this.#timer = null;
    const next = this.#next;
    if (next === null || this.#rate === 0) return;
    const delayMs = Math.max(0, (next.dueMs - this.nowMs()) / this.#rate);
    this.#timer = this.#options.scheduler.after(delayMs, "scenario of the fleet", () => {
      this.#next = null;
      next.run();
    });
  }
}
