import { formatOffset } from "./time-zone.ts";
import { UNKNOWN_TIME } from "./types.ts";

/** Before this the clock has not been set: no phone has lived then. */
const CLOCK_IS_SET_FROM = Date.UTC(2015, 0, 1);

/** No clock that is right shows less: this program is not older. Milliseconds since 1970. */
export const EARLIEST_TIME_MS = Date.UTC(2026, 0, 1);

/** False while the clock tells some time from before this program. */
export function isClockSet(at: number): boolean {
  return at >= CLOCK_IS_SET_FROM;
}

/** Local time with its UTC offset, to the second (C-101); the unknown time while the clock is not set (C-102). */
export function formatLocalDateTime(at: number, offsetMinutes: number): string {
  if (!isClockSet(at)) return UNKNOWN_TIME;
  const local = new Date(at + offsetMinutes * 60_000).toISOString().slice(0, 19);
  return `${local}${formatOffset(offsetMinutes)}`;
}

/** Of XML Schema, from the year 1000 on. `Date.parse` alone reads an instant into `-1`, too. */
const DATE_TIME = /^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?<zone>Z|[+-]\d\d:\d\d)?$/;

/** Milliseconds since 1970; null for the unknown time, a time relative to the boot (year before 1000), or no dateTime. */
export function parseDateTime(text: string): number | null {
  const trimmed = text.trim();
  const match = DATE_TIME.exec(trimmed);
  if (match === null) return null;
  const at = Date.parse(match.groups?.zone === undefined ? `${trimmed}Z` : trimmed);
  return Number.isNaN(at) ? null : at;
}
