import { AgentError } from "../../cwmp/errors.ts";
import type { Scheduler } from "../../ports/clock.ts";

/** Resolves after the delay; rejects as soon as the signal is aborted. */
export function pause(scheduler: Scheduler, delayMs: number, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      timer.cancel();
      reject(new AgentError("SESSION_ABORTED", `${name}: stopped`));
    };
    const timer = scheduler.after(delayMs, name, () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

/** The promise, or a rejection as soon as the signal is aborted: for what cannot be broken off, such as a name lookup. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => {};
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new AgentError("SESSION_ABORTED", "stopped"));
  });
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
