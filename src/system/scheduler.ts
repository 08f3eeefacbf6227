import type { Clock, Scheduler, Timer } from "../ports/clock.ts";

/** `setTimeout` fires at once beyond this, so that longer waits are made of several. */
const MAX_WAIT_MS = 2 ** 31 - 1;

/**
 * Timers of this process. A pending timer keeps the process alive: who starts one cancels it when it stops.
 *
 * @param onError hears of a callback that threw, or whose promise was rejected; the process goes on.
 */
export function createScheduler(clock: Clock, onError: (error: unknown, timerName: string) => void): Scheduler {
  const world: TimerWorld = { clock, onError };
  return {
    after(delayMs, name, run) {
      if (Number.isNaN(delayMs)) throw new RangeError(`the delay of the timer "${name}" is not a number`);
      return new SystemTimer(world, name, Math.max(0, delayMs), run);
    },
  };
}

interface TimerWorld {
  readonly clock: Clock;
  readonly onError: (error: unknown, timerName: string) => void;
}

/** Its callback is one for all: thousands of phones wait for something. */
class SystemTimer implements Timer {
  readonly name: string;
  readonly dueMs: number;
  readonly #world: TimerWorld;
  readonly #run: () => void;
  #handle: NodeJS.Timeout;

  constructor(world: TimerWorld, name: string, delayMs: number, run: () => void) {
    this.name = name;
    this.dueMs = world.clock.monotonic() + delayMs;
    this.#world = world;
    this.#run = run;
    this.#handle = this.#wait();
  }

  cancel(): void {
    clearTimeout(this.#handle);
  }

  #wait(): NodeJS.Timeout {
    const leftMs = Math.ceil(this.dueMs - this.#world.clock.monotonic());
    return setTimeout(SystemTimer.#fire, nextWaitMs(Math.min(Math.max(leftMs, 0), MAX_WAIT_MS)), this);
  }

  static #fire(timer: SystemTimer): void {
    const { clock, onError } = timer.#world;
    if (clock.monotonic() < timer.dueMs) timer.#handle = timer.#wait();
    else runGuarded(timer.#run, (error) => onError(error, timer.name));
  }
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

/**
 * The first part of a wait: two digits of it, such as 27,000 of 27,345 ms. Node keeps a list for each length of wait, and thousands of
 * waits of random lengths cost more in lists than in timers.
 */
function nextWaitMs(ms: number): number {
  if (ms < 100) return ms;
  const grain = 10 ** (Math.floor(Math.log10(ms)) - 1);
  return ms - (ms % grain);
}
