const DATE_TIME = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,9})?(Z|[+-]00:00)?$/;
const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Years below this one, without a zone, count the time since the phone started (TR-106 3.2). */
const FIRST_ABSOLUTE_YEAR = 1000;

function daysOfMonth(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (DAYS_OF_MONTH[month - 1] ?? 0);
}

/** A dateTime of TR-106: in UTC, marked `Z` or with a zero offset; only a time since the start goes without (C-266, C-267). */
export function isDateTime(text: string): boolean {
  const match = DATE_TIME.exec(text);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const zoned = match[7] !== undefined;
  return (
    year >= 1 &&
    (zoned || year < FIRST_ABSOLUTE_YEAR) &&
    day >= 1 &&
    day <= daysOfMonth(year, month) &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59
  );
}
