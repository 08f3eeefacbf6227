import type { OffsetAt } from "../../cwmp/time-zone.ts";

/** A time of the week in local time. */
export interface WeeklyTime {
  /** 1 Monday to 7 Sunday. */
  readonly days: readonly number[];
  readonly hour: number;
  readonly minute: number;
}

export const EVERY_DAY: readonly number[] = [1, 2, 3, 4, 5, 6, 7];

/** Every time of the week occurs within them. */
const DAYS_AHEAD = 8;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/**
 * The next such time after an instant, milliseconds since 1970. A local time that the change to summer time skips is
 * delayed by the size of the change; of one that occurs twice, the first counts.
 */
export function nextLocalTime(after: number, { days, hour, minute }: WeeklyTime, offsetAt: OffsetAt): number {
  const today = Math.floor((after + offsetAt(after) * MINUTE_MS) / DAY_MS);
  for (let day = today; day <= today + DAYS_AHEAD; day++) {
    // 1970-01-01 was a Thursday.
    if (!days.includes(((((day + 3) % 7) + 7) % 7) + 1)) continue;
    const at = instantOf(day * DAY_MS + (hour * 60 + minute) * MINUTE_MS, offsetAt);
    if (at > after) return at;
  }
  return after + DAYS_AHEAD * DAY_MS;
}

function instantOf(localMs: number, offsetAt: OffsetAt): number {
  const before = localMs - offsetAt(localMs - DAY_MS) * MINUTE_MS;
  const offset = offsetAt(before);
  const after = localMs - offset * MINUTE_MS;
  return offsetAt(after) === offset ? after : before;
}
