import { StringDecoder } from "node:string_decoder";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { HookName } from "./hook-names.ts";

/** Logs the output of one hook (`info`) and messages about it, each limited to a number of lines a minute. */
export interface HookLog {
  /** The text is made only if it is shown. */
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
  // Errors must not be lost in the output of a talkative hook.
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
  /** The last non-empty line, even without a line end; null: none. */
  last(): string | null;
}

const MAX_CHARACTERS = 4_096;
const MAX_SHOWN = 200;
const TOO_LONG = "(a line that is too long to be shown)";

/** Calls `shown` for each line, made fit for display: shortened, without control characters, `hide` applied. */
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

/** Shorter texts occur in any line by chance. */
const MIN_HIDDEN = 4;

/** Replaces texts by `***`: `values` unless they are too short to be recognized, `secrets` always. */
export function hiding(values: Iterable<string>, secrets: Iterable<string>): (text: string) => string {
  const texts = new Set([...secrets, ...[...values].filter((value) => value.length >= MIN_HIDDEN)]);
  texts.delete("");
  // JSON escapes some characters; longer texts come first because they may contain shorter ones.
  const forms = new Set([...texts].flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]));
  const longestFirst = [...forms].sort((one, other) => other.length - one.length);
  return (text) => longestFirst.reduce((shown, form) => shown.replaceAll(form, "***"), text);
}
