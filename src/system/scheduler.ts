import type { Clock, Scheduler, Timer } from "../ports/clock.ts";

/** `setTimeout` fires at once beyond this, so that longer waits are made of several. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/**
 * Timers of this process. A pending timer keeps the process alive: who starts one cancels it when it stops.
 *
 * @param onError hears of a callback that threw, or whose promise was rejected; the process goes on.
 */
export function createScheduler(clock: Clock, onError: (error: unknown, timerName: string) => void): Scheduler {
  return {
    after(delayMs, name, run) {
      if (Number.isNaN(delayMs)) throw new RangeError(`the delay of the timer "${name}" is not a number`);
      return startTimer(clock, name, Math.max(0, delayMs), () => runGuarded(run, (error) => onError(error, name)));
    },
  };
}

function startTimer(clock: Clock, name: string, delayMs: number, run: () => void): Timer {
  const dueMs = clock.monotonic() + delayMs;
  const wait = (): NodeJS.Timeout => {
    const leftMs = Math.ceil(dueMs - clock.monotonic());
    return setTimeout(fire, Math.min(Math.max(leftMs, 0), LONGEST_WAIT_MS));
  };
  const fire = (): void => {
    if (clock.monotonic() < dueMs) handle = wait();
    else run();
  };
  let handle = wait();
  return { name, dueMs, cancel: () => clearTimeout(handle) };
}

function runGuarded(run: () => void, onError: (error: unknown) => void): void {
  try {
    // An async function passes as `() => void`; its rejection would end the process just as a throw would.
    const result: unknown = run();
    if (result instanceof Promise) result.catch(onError);
  } catch (error) {
    onError(error);
  }
}
