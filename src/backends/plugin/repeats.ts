import type { Clock } from "../../ports/clock.ts";

const QUIET_MS = 60_000;
/** Different texts at once; beyond that all is forgotten, and told again. */
const MOST = 100;

/** Whether a text is worth a line: not when it was logged within the last minute. A timer that throws does so every time. */
export function createRepeatFilter(clock: Pick<Clock, "monotonic">): (text: string) => boolean {
  const told = new Map<string, number>();
  return (text) => {
    const now = clock.monotonic();
    const last = told.get(text);
    if (last !== undefined && now - last < QUIET_MS) return false;
    if (told.size >= MOST) told.clear();
    told.set(text, now);
    return true;
  };
}
