import { UNKNOWN_TIME } from "./types.ts";

/** Before this the clock has not been set: no phone has lived then. */
const CLOCK_IS_SET_FROM = Date.UTC(2015, 0, 1);

/** No clock that is right shows less: this program is not older. Milliseconds since 1970. */
export const EARLIEST_TIME_MS = Date.UTC(2026, 0, 1);

/** Local time with its UTC offset, to the second (C-101); the unknown time while the clock is not set (C-102). */
export function formatLocalDateTime(at: number, offsetMinutes: number): string {
  if (at < CLOCK_IS_SET_FROM) return UNKNOWN_TIME;
  const local = new Date(at + offsetMinutes * 60_000).toISOString().slice(0, 19);
  const size = Math.abs(offsetMinutes);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${local}${offsetMinutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** Milliseconds since 1970; null for the unknown time, a time relative to the boot (year before 1000), or no dateTime. */
export function parseDateTime(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.startsWith("0")) return null;
  const zoned = /(Z|[+-]\d\d:\d\d)$/.test(trimmed) ? trimmed : `${trimmed}Z`;
  const at = Date.parse(zoned);
  return Number.isNaN(at) ? null : at;
}
