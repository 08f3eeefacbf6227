/** One Set-Cookie line, parsed by RFC 6265 section 5.2, which is more tolerant than the grammar for servers. */

export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** Null: none, or one that does not start with a slash. */
  readonly path: string | null;
  /** Seconds from now, at most 0 for "at once"; null: none that counts. */
  readonly maxAge: number | null;
  /** Wall time in milliseconds; null: none that counts. */
  readonly expires: number | null;
  readonly secure: boolean;
}

/** Null: a line that is to be ignored. */
export function parseSetCookie(line: string): SetCookie | null {
  // Control characters other than tab end it (RFC 6265bis; the RFC leaves them open).
  if (/[\u0000-\u0008\u000A-\u001F\u007F]/.test(line)) return null;
  const [pair = "", ...attributes] = line.split(";");
  const equals = pair.indexOf("=");
  const name = pair.slice(0, Math.max(equals, 0)).trim();
  if (equals === -1 || name === "") return null;
  const cookie: { -readonly [K in keyof SetCookie]: SetCookie[K] } = {
    name,
    value: pair.slice(equals + 1).trim(),
    path: null,
    maxAge: null,
    expires: null,
    secure: false,
  };
  // The last of several of one name counts.
  for (const attribute of attributes) {
    const at = attribute.indexOf("=");
    const value = at === -1 ? "" : attribute.slice(at + 1).trim();
    switch ((at === -1 ? attribute : attribute.slice(0, at)).trim().toLowerCase()) {
      case "expires":
        cookie.expires = parseCookieDate(value) ?? cookie.expires;
        break;
      case "max-age":
        if (/^-?[0-9]+$/.test(value)) cookie.maxAge = Number(value);
        break;
      case "path":
        cookie.path = value.startsWith("/") ? value : null;
        break;
      case "secure":
        cookie.secure = true;
        break;
    }
  }
  return cookie;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DELIMITERS = /[\t\u0020-\u002F\u003B-\u0040\u005B-\u0060\u007B-\u007E]+/;
const TIME = /^([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[^0-9]|$)/;
const DAY = /^([0-9]{1,2})(?:[^0-9]|$)/;
const YEAR = /^([0-9]{2,4})(?:[^0-9]|$)/;

/** A date in whatever order (RFC 6265 5.1.1), in milliseconds; null: it makes no date. */
export function parseCookieDate(text: string): number | null {
  let time: readonly number[] | null = null;
  let day: number | null = null;
  let month: number | null = null;
  let year: number | null = null;
  for (const token of text.split(DELIMITERS)) {
    const clock: RegExpExecArray | null = time === null ? TIME.exec(token) : null;
    const inDay: RegExpExecArray | null = clock === null && day === null ? DAY.exec(token) : null;
    const inMonth: number = clock === null && inDay === null && month === null ? monthOf(token) : -1;
    if (clock !== null) time = clock.slice(1, 4).map(Number);
    else if (inDay !== null) day = Number(inDay[1]);
    else if (inMonth !== -1) month = inMonth;
    else if (year === null) year = yearOf(token);
  }
  if (time === null || day === null || month === null || year === null) return null;
  const [hour = 0, minute = 0, second = 0] = time;
  if (day < 1 || day > 31 || year < 1601 || hour > 23 || minute > 59 || second > 59) return null;
  const date = new Date(Date.UTC(year, month, day, hour, minute, second));
  return date.getUTCDate() === day ? date.getTime() : null;
}

function monthOf(token: string): number {
  return MONTHS.indexOf(token.slice(0, 3).toLowerCase());
}

function yearOf(token: string): number | null {
  const digits = YEAR.exec(token)?.[1];
  if (digits === undefined) return null;
  const year = Number(digits);
  if (year >= 70 && year <= 99) return year + 1900;
  return year <= 69 ? year + 2000 : year;
}
