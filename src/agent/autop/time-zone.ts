/** Minutes that local time is ahead of UTC at an instant, milliseconds since 1970. */
export type OffsetAt = (at: number) => number;

const TIME = "[+-]?\\d{1,3}(?::\\d\\d){0,2}";
const NAME = "(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)";
const DATE = "[JM]?[0-9.]+";
const POSIX = new RegExp(
  `^${NAME}(?<standard>${TIME})(?<summerName>${NAME}(?<summer>${TIME})?)?(?:,(?<start>${DATE})(?:/(?<startTime>${TIME}))?,(?<end>${DATE})(?:/(?<endTime>${TIME}))?)?$`,
);
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** When no hour stands in the rule. */
const CHANGE_MINUTES = 120;

/**
 * Device.Time.LocalTimeZone: an offset (`+08:00`, `-5`) or POSIX form (`CET-1CEST,M3.5.0,M10.5.0/3`). A POSIX zone without
 * rules for summer time has none. What is neither is UTC.
 */
export function parseTimeZone(text: string): OffsetAt {
  if (/^[+-]?\d/.test(text)) return always(minutesOf(text));
  const parts = POSIX.exec(text)?.groups;
  if (parts === undefined) return always(0);
  // POSIX counts westwards.
  const standard = 0 - minutesOf(parts.standard ?? "0");
  if (parts.start === undefined || parts.end === undefined || parts.summerName === undefined) return always(standard);
  const summer = parts.summer === undefined ? standard + 60 : 0 - minutesOf(parts.summer);
  const start = { date: parts.start, minutes: timeOf(parts.startTime) };
  const end = { date: parts.end, minutes: timeOf(parts.endTime) };
  return (at) => {
    const year = new Date(at + standard * MINUTE_MS).getUTCFullYear();
    const from = instantOf(start, year) - standard * MINUTE_MS;
    const to = instantOf(end, year) - summer * MINUTE_MS;
    // In the south the summer goes over the turn of the year.
    const isSummer = from < to ? at >= from && at < to : at >= from || at < to;
    return isSummer ? summer : standard;
  };
}

function always(minutes: number): OffsetAt {
  return () => minutes;
}

function timeOf(text: string | undefined): number {
  return text === undefined ? CHANGE_MINUTES : minutesOf(text);
}

function minutesOf(text: string): number {
  const [hours = "0", minutes = "0"] = text.replace(/^[+-]/, "").split(":");
  const size = Number(hours) * 60 + Number(minutes);
  return text.startsWith("-") ? 0 - size : size;
}

interface ChangeRule {
  /** `M3.5.0`: the last Sunday of March; `J60`: day of the year from 1, without February 29; `59`: from 0, with it. */
  readonly date: string;
  readonly minutes: number;
}

/** Local time as if it were UTC. */
function instantOf({ date, minutes }: ChangeRule, year: number): number {
  return dayOf(date, year) + minutes * MINUTE_MS;
}

function dayOf(date: string, year: number): number {
  const newYear = Date.UTC(year, 0, 1);
  if (date.startsWith("M")) return nthWeekday(date.slice(1).split(".").map(Number), year);
  if (!date.startsWith("J")) return newYear + Number(date) * DAY_MS;
  const day = Number(date.slice(1));
  const isLeap = Date.UTC(year, 2, 1) - newYear === 60 * DAY_MS;
  return newYear + (day - 1 + (isLeap && day >= 60 ? 1 : 0)) * DAY_MS;
}

/** Weeks count from 1, 5 is the last one; Sunday is 0. */
function nthWeekday([month = 1, week = 1, weekday = 0]: readonly number[], year: number): number {
  const first = Date.UTC(year, month - 1, 1);
  const nextMonth = Date.UTC(year, month, 1);
  const shift = (weekday - new Date(first).getUTCDay() + 7) % 7;
  const day = first + (shift + (week - 1) * 7) * DAY_MS;
  return day < nextMonth ? day : day - 7 * DAY_MS;
}
