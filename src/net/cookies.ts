/** The cookies of one session (C-013, C-014, C-019). */
import type { Clock } from "../ports/clock.ts";
import { parseSetCookie } from "./cookie-text.ts";

export interface CookieJar {
  /** Takes in the Set-Cookie lines of an answer from `url`. */
  store(lines: readonly string[], url: URL): void;
  /** The Cookie header of a request to `url`; null where there is none. */
  header(url: URL): string | null;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  /** Wall time in milliseconds; Infinity: as long as the session. */
  readonly expiresAt: number;
  readonly secure: boolean;
}

const MAX_COOKIES = 100;
const MAX_BYTES = 65_536;

/**
 * No domain is ever checked: a redirect takes the cookies along to another host (C-019). A cookie without a Path goes with
 * every request of the session (C-013), where RFC 6265 would keep it to the folder it came from. One that was marked
 * Secure over https does not go out over http. When the jar is full the oldest cookies fall out.
 */
export function createCookieJar(clock: Clock): CookieJar {
  const cookies = new Map<string, Cookie>();
  return {
    store(lines, url) {
      for (const line of lines) {
        const cookie = readCookie(line, url, clock.now());
        if (cookie === null) continue;
        const key = `${cookie.name};${cookie.path}`;
        const replaces = cookies.has(key);
        if (cookie.expiresAt <= clock.now()) cookies.delete(key);
        else cookies.set(key, cookie);
        if (!replaces) dropOldest(cookies);
      }
    },
    header(url) {
      const now = clock.now();
      const sent = [...cookies.values()]
        .filter((cookie) => cookie.expiresAt > now && matchesPath(url.pathname, cookie.path))
        .filter((cookie) => !cookie.secure || url.protocol === "https:")
        .sort((one, other) => other.path.length - one.path.length);
      return sent.length === 0 ? null : sent.map(({ name, value }) => `${name}=${value}`).join("; ");
    },
  };
}

function readCookie(line: string, url: URL, now: number): Cookie | null {
  const parsed = parseSetCookie(line);
  if (parsed === null) return null;
  const { name, value, path, maxAge, expires, secure } = parsed;
  // Max-Age goes before Expires (RFC 6265 5.3).
  const expiresAt = maxAge === null ? (expires ?? Number.POSITIVE_INFINITY) : now + Math.max(maxAge, 0) * 1000;
  return { name, value, path: path ?? "/", expiresAt, secure: secure && url.protocol === "https:" };
}

function matchesPath(requested: string, path: string): boolean {
  if (!requested.startsWith(path)) return false;
  return requested.length === path.length || path.endsWith("/") || requested[path.length] === "/";
}

function dropOldest(cookies: Map<string, Cookie>): void {
  const bytes = () =>
    [...cookies.values()].reduce((sum, { name, value, path }) => sum + name.length + value.length + path.length, 0);
  for (const key of cookies.keys()) {
    if (cookies.size <= MAX_COOKIES && bytes() <= MAX_BYTES) return;
    cookies.delete(key);
  }
}
