import { StringDecoder } from "node:string_decoder";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { HookName } from "./hook-names.ts";

/** What one hook says (`info`), and what is said about it: so many lines of each a minute, whatever it does. */
export interface HookLog {
  /** The text is asked for only where it is shown. */
  info(message: () => string): void;
  warn(message: string): void;
  error(message: string): void;
}

const MAX_LINES = 30;
const WINDOW_MS = 60_000;

export function createHookLog(hook: HookName, clock: Clock, log: Logger): HookLog {
  const limited = (): ((level: "info" | "warn" | "error", message: () => string) => void) => {
    let since = Number.NEGATIVE_INFINITY;
    let lines = 0;
    return (level, message) => {
      const now = clock.monotonic();
      if (now - since >= WINDOW_MS) {
        const leftOut = lines - MAX_LINES;
        since = now;
        lines = 0;
        if (leftOut > 0) log[level]({ hook, leftOut }, `the ${hook} hook: ${leftOut} lines were left out of the log`);
      }
      if (++lines <= MAX_LINES) log[level]({ hook }, message());
    };
  };
  // What is wrong must not be lost in what a hook chatters.
  const ofHook = limited();
  const aboutHook = limited();
  return {
    info: (message) => ofHook("info", message),
    warn: (message) => aboutHook("warn", () => message),
    error: (message) => aboutHook("error", () => message),
  };
}

/** The stderr of one run of a hook, line by line. */
export interface StderrLines {
  take(chunk: Buffer): void;
  /** The last line that says something, also one without an end; null: it has said nothing. */
  last(): string | null;
}

const MAX_CHARACTERS = 4_096;
const MAX_SHOWN = 200;
const TOO_LONG = "(a line that is too long to be shown)";

/** `shown` hears of each line, with what makes it fit to be shown: short, without control characters, `hide` applied. */
export function createStderrLines(hide: (text: string) => string, shown: (line: () => string) => void): StderrLines {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let isTooLong = false;
  let last: string | null = null;

  function end(line: string): void {
    const text = isTooLong ? TOO_LONG : line;
    isTooLong = false;
    if (text.trim() === "") return;
    last = text;
    shown(() => showable(text, hide));
  }

  return {
    take(chunk) {
      const lines = (rest + decoder.write(chunk)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) end(line);
      if (rest.length <= MAX_CHARACTERS) return;
      isTooLong = true;
      rest = "";
    },
    last() {
      if (rest !== "" || isTooLong) end(rest);
      rest = "";
      return last === null ? null : showable(last, hide);
    },
  };
}

function showable(line: string, hide: (text: string) => string): string {
  const plain = hide(
    hide(line)
      .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ")
      .trim(),
  );
  const characters = [...plain];
  return characters.length <= MAX_SHOWN ? plain : `${characters.slice(0, MAX_SHOWN - 1).join("")}…`;
}

/** Shorter texts stand in any line by chance. */
const MIN_HIDDEN = 4;

/** Puts `***` in the place of texts: of `values` where they are not too short to mean anything, of `secrets` always. */
export function hiding(values: Iterable<string>, secrets: Iterable<string>): (text: string) => string {
  const texts = new Set([...secrets, ...[...values].filter((value) => value.length >= MIN_HIDDEN)]);
  texts.delete("");
  // In JSON some characters are written otherwise; a longer text goes first, as it may hold a shorter one.
  const forms = new Set([...texts].flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]));
  const longestFirst = [...forms].sort((one, other) => other.length - one.length);
  return (text) => longestFirst.reduce((shown, form) => shown.replaceAll(form, "***"), text);
}
