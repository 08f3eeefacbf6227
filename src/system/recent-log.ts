import { MASK, maskUrls } from "../cwmp/mask.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import { printable } from "./printable.ts";

/** The latest lines of a log, for the upload of the log file. */
export interface RecentLog {
  /** Logs as before, and keeps the line. */
  readonly log: Logger;
  /**
   * Oldest first, one a line, times in UTC.
   *
   * @param phone those alone that name it (field `phone`), where a process has several
   */
  text(phone?: string): string;
}

const MAX_LINES = 1_000;
const MAX_LINE = 2_000;
/** The second line of defence, as in the log itself: nobody should log a secret. */
const SECRET = /password|passphrase|authorization|secret/i;

/** Keeps a bounded number of lines, from `info` on. */
export function createRecentLog(inner: Logger, clock: Clock): RecentLog {
  const lines: { readonly phone: unknown; readonly text: string }[] = [];
  const keep = (level: string, fields: object, message: string): void => {
    const line = `${new Date(clock.now()).toISOString()} ${level} ${message} ${describe(fields)}`;
    const text = printable(maskUrls(line)).slice(0, MAX_LINE).trimEnd();
    lines.push({ phone: "phone" in fields ? fields.phone : undefined, text });
    if (lines.length > MAX_LINES) lines.shift();
  };
  return {
    log: withKeeper(inner, {}, keep),
    text(phone) {
      const asked = phone === undefined ? lines : lines.filter((line) => line.phone === phone);
      return asked.map(({ text }) => `${text}\n`).join("");
    },
  };
}

type Keep = (level: string, fields: object, message: string) => void;

function withKeeper(inner: Logger, inherited: object, keep: Keep): Logger {
  const at =
    (level: "debug" | "info" | "warn" | "error") =>
    (fields: object, message: string): void => {
      if (level !== "debug") keep(level, { ...inherited, ...fields }, message);
      inner[level](fields, message);
    };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => withKeeper(inner.child(fields), { ...inherited, ...fields }, keep),
  };
}

function describe(fields: object): string {
  const { stack: _stack, ...shown } = fields as Record<string, unknown>;
  if (Object.keys(shown).length === 0) return "";
  try {
    const text = JSON.stringify(shown);
    // Asking about each key takes three times as long.
    return SECRET.test(text) ? JSON.stringify(shown, (key, value: unknown) => (SECRET.test(key) ? MASK : value)) : text;
  } catch {
    return "";
  }
}
