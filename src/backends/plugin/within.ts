import { AgentError } from "../../cwmp/errors.ts";
import type { Scheduler } from "../../ports/clock.ts";

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
