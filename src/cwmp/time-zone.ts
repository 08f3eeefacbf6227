/** Minutes that local time is ahead of UTC at an instant, milliseconds since 1970. */
export type OffsetAt = (at: number) => number;

const HOURS = "(?:2[0-4]|[01]?[0-9])(?::[0-5][0-9]){0,2}";
/** The phone's own form, east positive: `+08:00`, `-5`, `GMT+3:00`. */
const EAST = `(?<east>[+-]?(?:0?[0-9]|1[0-4])(?::[0-5][0-9])?|(?:[Gg][Mm][Tt]|[Uu][Tt][Cc])[+-]${HOURS})`;

const NAME = "(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)";
const OFFSET = `[+-]?${HOURS}`;
const HOUR_OF_CHANGE = "[+-]?(?:16[0-7]|1[0-5][0-9]|[0-9]{1,2})(?::[0-5][0-9]){0,2}";
const DAY = "[1-9][0-9]?|[12][0-9]{2}|3[0-5][0-9]|36[0-5]";
const DATE = `(?:J(?:${DAY})|0|${DAY}|M(?:1[0-2]|0?[1-9])\\.[1-5]\\.[0-6])`;
const rule = (name: string): string => `,(?<${name}>${DATE})(?:/(?<${name}Time>${HOUR_OF_CHANGE}))?`;
/**
 * IEEE 1003.1, west positive; the blank before the name of the summer time stands in the example of TR-106. `GMT+3` would fit
 * as well: phones, and people, mean what stands above.
 */
const POSIX =
  `(?<name>${NAME})(?<standard>${OFFSET})` +
  `(?: ?(?<summerName>${NAME})(?<summer>${OFFSET})?(?:${rule("start")}${rule("end")})?)?`;
const NAMED_GROUP = /\(\?<[a-zA-Z]+>/g;

/** What `parseTimeZone` understands, as the source of a pattern without named groups. */
export const TIME_ZONE_PATTERN = `(?:${EAST}|${POSIX})`.replace(NAMED_GROUP, "(?:");

const ZONE = new RegExp(`^(?:${EAST}|${POSIX})$`);
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** When no hour stands in the rule. */
const CHANGE_MINUTES = 120;
/** What phones call these zones in their files; no other name has been seen. */
const NAMES_ON_PHONES: Readonly<Record<string, string>> = {
  "-5": "United States-Eastern Time",
  "+03:00": "Russia(Moscow)",
  "GMT+3:00": "Moscow",
  "+05:30": "IST",
};

/**
 * The one meaning of a zone text (`Device.Time.LocalTimeZone`): the phone's form, in which `+08:00`, `8` and `GMT+8:00` lie
 * east of Greenwich, or POSIX (`CET-1CEST,M3.5.0,M10.5.0/3`), in which `CET-1` does. A POSIX zone without rules for summer
 * time has none. Null for what is neither, as for an empty text.
 */
export function parseTimeZone(text: string): OffsetAt | null {
  const parts = ZONE.exec(text)?.groups;
  if (parts === undefined) return null;
  if (parts.east !== undefined) return always(minutesOf(hoursIn(parts.east)));
  const standard = 0 - minutesOf(parts.standard ?? "0");
  if (parts.start === undefined || parts.end === undefined) return always(standard);
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

/** The same zone in the form that other programs read alike: `+03:00` for `GMT+3:00` and `3`, POSIX without blanks. */
export function plainTimeZone(text: string): string {
  const east = ZONE.exec(text)?.groups?.east;
  return east === undefined ? text.replaceAll(" ", "") : formatOffset(minutesOf(hoursIn(east)));
}

/** What a phone writes beside the zone, for its menu: `CET`, `GMT+08:00`, or the name that phones are known to use. */
export function timeZoneName(text: string): string {
  const parts = ZONE.exec(text)?.groups;
  if (parts === undefined) return "";
  const name = parts.name?.replace(/[<>]/g, "") ?? `GMT${plainTimeZone(text)}`;
  return Object.hasOwn(NAMES_ON_PHONES, text) ? (NAMES_ON_PHONES[text] ?? name) : name;
}

/** `+05:30` */
export function formatOffset(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function hoursIn(east: string): string {
  return east.replace(/^[A-Za-z]+/, "");
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
