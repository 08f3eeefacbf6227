import type { Clock } from "../../ports/clock.ts";

const QUIET_MS = 60_000;
/** Maximum of remembered texts; beyond it all are forgotten and logged again. */
const MAX_REMEMBERED = 100;

/** Whether to log a text: not if it was logged within the last minute. A timer that throws does so every time. */
export function createRepeatFilter(clock: Pick<Clock, "monotonic">): (text: string) => boolean {
  const logged = new Map<string, number>();
  return (text) => {
    const now = clock.monotonic();
    const last = logged.get(text);
    if (last !== undefined && now - last < QUIET_MS) return false;
    if (logged.size >= MAX_REMEMBERED) logged.clear();
    logged.set(text, now);
    return true;
  };
}
