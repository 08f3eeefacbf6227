import type { Clock, Scheduler, Timer } from "../ports/clock.ts";

const TICK_MS = 100;
/** A process that was busy does not make up for more than this at once. */
const MAX_CREDIT_SECONDS = 1;

export interface RampOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** A second, as it is now. */
  readonly rate: () => number;
  /** Starts the next one; false: there is no more to start. */
  readonly next: () => boolean;
}

/** Calls `next` at that rate. Answers how to end that. */
export function startRamp({ clock, scheduler, rate, next }: RampOptions): () => void {
  let credit = 1;
  let lastMs = clock.monotonic();
  let timer: Timer | null = null;
  const tick = (): void => {
    const nowMs = clock.monotonic();
    credit += (rate() * (nowMs - lastMs)) / 1000;
    credit = Math.min(credit, Math.max(rate() * MAX_CREDIT_SECONDS, 1));
    lastMs = nowMs;
    for (; credit >= 1; credit--) if (!next()) return;
    timer = scheduler.after(TICK_MS, "ramp of the fleet", tick);
  };
  tick();
  return () => timer?.cancel();
}
