import type { Clock, Scheduler, Timer } from "../../ports/clock.ts";

/** The longest wait before the wall clock is looked at again: it may have been set in the meantime. */
const LONGEST_WAIT_MS = 3_600_000;

export interface WallClockTimerOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly name: string;
  /** The next time after an instant, both milliseconds since 1970. */
  readonly next: (after: number) => number;
  readonly run: () => void;
}

/**
 * Calls `run` at times of the wall clock, until it is cancelled. A clock that is set while we wait is noticed within the
 * hour; a time that it jumped over by an hour or more is left out, as at a phone that was off.
 */
export function startWallClockTimer({ clock, scheduler, name, next, run }: WallClockTimerOptions): {
  cancel(): void;
} {
  let due = next(clock.now());
  let lookedMs = clock.monotonic();
  let timer: Timer;
  const wait = (): void => {
    timer = scheduler.after(Math.min(due - clock.now(), LONGEST_WAIT_MS), name, look);
  };
  const look = (): void => {
    const now = clock.now();
    const lateMs = now - due;
    const isDue = lateMs >= 0 && lateMs < LONGEST_WAIT_MS;
    // A clock that was set meanwhile may show that a time has come which nobody had planned for.
    const hasCome = next(now - (clock.monotonic() - lookedMs)) <= now;
    lookedMs = clock.monotonic();
    // Also where the clock was set back beyond an earlier time.
    due = lateMs >= 0 ? next(now) : Math.min(due, next(now));
    wait();
    if (isDue || hasCome) run();
  };
  wait();
  return { cancel: () => timer.cancel() };
}
