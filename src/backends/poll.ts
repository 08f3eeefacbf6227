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
