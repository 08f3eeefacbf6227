import { pino } from "pino";
import { MASK, maskUrls } from "../cwmp/mask.ts";
import type { Logger } from "../ports/logger.ts";
import { printable, printableAll, printableJson } from "../system/printable.ts";

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";
/** `auto`: readable lines on a terminal, JSON lines everywhere else. */
export type LogFormat = "auto" | "json" | "pretty";

/** Where log lines go: a stream of the process, or a test's own. */
export interface LogDestination {
  readonly isTTY?: boolean;
  /** Whether a terminal may be written to in colours; it may unless this is false. */
  readonly color?: boolean;
  /** Throws when the text cannot be written. */
  write(text: string): void;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly destination: LogDestination;
}

/**
 * Lines leave the process before the call returns, so none is lost when it ends or is killed. A line that cannot be written,
 * as on a full disk or without a reader, is lost and counted: the first one that can be written again says how many were.
 */
export async function createLogger({ level, format, destination }: LoggerOptions): Promise<Logger> {
  const readable = format === "pretty" || (format === "auto" && destination.isTTY === true);
  const write = countingLosses(destination, (lines) =>
    log.warn({ lines }, "The log could not be written for a while: this many lines are missing before this one"),
  );
  const line = readable ? await readableLine(destination) : printableJson;
  const log: Logger = pino(
    {
      level,
      base: null,
      redact: { paths: secretPaths(), censor: MASK },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    { write: (text: string) => write(maskUrls(line(text))) },
  );
  return log;
}

/** @param tell logs the loss: it comes back here */
function countingLosses(destination: LogDestination, tell: (lines: number) => void): (text: string) => void {
  let lost = 0;
  return function write(text: string): void {
    const missing = lost;
    lost = 0;
    if (missing > 0) tell(missing);
    // It still cannot be written, and neither could this line: told is nothing yet.
    if (lost > 0) {
      lost += missing;
      return;
    }
    try {
      destination.write(text);
    } catch {
      lost += 1;
    }
  };
}

/** Loaded where somebody reads along: a phone has the memory for itself. */
async function readableLine(destination: LogDestination): Promise<(json: string) => string> {
  const { default: pretty } = await import("pino-pretty");
  const format = pretty.prettyFactory({
    colorize: destination.isTTY === true && destination.color !== false,
    translateTime: "SYS:HH:MM:ss.l",
    ignore: "pid,hostname",
    singleLine: true,
  });
  return (json) => format(oneLine(JSON.parse(json) as Readonly<Record<string, unknown>>));
}

/** What others have said stands in it: it must not begin a line of its own. Of an error the stack keeps its lines, set in. */
function oneLine(record: Readonly<Record<string, unknown>>): object {
  const { err, ...fields } = record;
  const line = sentenceOf(printableAll(fields));
  if (typeof err !== "object" || err === null) return line;
  const { stack, ...rest } = err as Readonly<Record<string, unknown>>;
  if (typeof stack !== "string") return { ...line, err: printableAll(rest) };
  const frames = stack.split("\n").map((frame) => printable(frame.trim()));
  return { ...line, err: { ...printableAll(rest), stack: frames.join("\n        ") } };
}

/** Message and data in one: behind the sentence stands what it does not say itself. */
function sentenceOf({ level, time, msg, ...data }: Readonly<Record<string, unknown>>): object {
  const sentence = String(msg ?? "");
  const more = Object.entries(data).flatMap(([name, value]) =>
    isSaid(value, sentence) ? [] : [`${name}=${shown(value)}`],
  );
  return { level, time, msg: [sentence, ...more].join("  ") };
}

function isSaid(value: unknown, message: string): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every((item) => isSaid(item, message));
  return ["string", "number"].includes(typeof value) && value !== "" && message.includes(String(value));
}

function shown(value: unknown): string {
  return typeof value === "string" && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

/** The second line of defence: nobody should log a secret, and if somebody does it is masked, up to two objects deep. */
function secretPaths(): string[] {
  const names = ["password", "passphrase", "authorization", "Password", "ConnectionRequestPassword", "AuthPassword"];
  return names.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
}
