import type { TreeOptions } from "../../parameters/tree.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Meter } from "../../ports/meter.ts";

/** How long it takes until a change that was checked is durable, or has failed. */
export function timedCommits(clock: Clock, meter: Meter): NonNullable<TreeOptions["timed"]> {
  return async (by, commit) => {
    const startMs = clock.monotonic();
    let successful = false;
    try {
      const applied = await commit();
      successful = true;
      return applied;
    } finally {
      meter.committed(by, clock.monotonic() - startMs, successful);
    }
  };
}
