import { AgentError } from "../cwmp/errors.ts";
import type { Scheduler, Timer } from "../ports/clock.ts";

/**
 * Runs `work` again and again, `intervalMs` after it ended. `work` must not throw.
 *
 * @returns a function that stops it; running work is completed
 */
export function startPoll(
  scheduler: Scheduler,
  name: string,
  intervalMs: number,
  work: () => Promise<void> | void,
): () => void {
  let stopped = false;
  let timer: Timer;
  const wait = () => {
    timer = scheduler.after(intervalMs, name, async () => {
      await work();
      if (!stopped) wait();
    });
  };
  wait();
  return () => {
    stopped = true;
    timer.cancel();
  };
}

/** Resolves after the time, or at once when the signal is aborted. */
export function delay(scheduler: Scheduler, delayMs: number, name: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      timer.cancel();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = scheduler.after(delayMs, name, end);
    signal?.addEventListener("abort", end);
    if (signal?.aborted === true) end();
  });
}

/** The answer, or AgentError BACKEND_IO if there is none in time; a late one is dropped. */
export function within<T>(scheduler: Scheduler, limitMs: number, what: string, run: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const tooLate = () => reject(new AgentError("BACKEND_IO", `${what} takes longer than ${limitMs / 1_000} seconds`));
    const timer = scheduler.after(limitMs, `limit of ${what}`, tooLate);
    run()
      .then(resolve, reject)
      .finally(() => timer.cancel());
  });
}
