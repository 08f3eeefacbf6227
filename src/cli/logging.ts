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
  /** Whether to use colours on a terminal; default: true. */
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
 * Lines leave the process before the call returns, so none is lost when it ends or is killed. A line that cannot be
 * written, as on a full disk or without a reader, is lost and counted; the number is logged with the next line that
 * can be written.
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
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    { write: (text: string) => write(maskUrls(line(withoutSecrets(text)))) },
  );
  return log;
}

/** @param report logs the loss, through this function again */
function countingLosses(destination: LogDestination, report: (lines: number) => void): (text: string) => void {
  let lost = 0;
  return function write(text: string): void {
    const missing = lost;
    lost = 0;
    if (missing > 0) report(missing);
    // Writing still fails, for this line too: the loss is not reported yet.
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

/** Loaded only for a terminal, to save memory on a phone. */
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

/** It may contain foreign text, which must not begin a line. Only the stack of an error keeps its lines, indented. */
function oneLine(record: Readonly<Record<string, unknown>>): object {
  const { err, ...fields } = record;
  const line = sentenceOf(printableAll(fields));
  if (typeof err !== "object" || err === null) return line;
  const { stack, ...rest } = err as Readonly<Record<string, unknown>>;
  if (typeof stack !== "string") return { ...line, err: printableAll(rest) };
  const frames = stack.split("\n").map((frame) => printable(frame.trim()));
  return { ...line, err: { ...printableAll(rest), stack: frames.join("\n        ") } };
}

/** Message and data in one line: after the sentence come the data that it does not contain. */
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

const SECRETS: readonly string[] = [
  ...["password", "passphrase", "authorization"],
  ...["Password", "ConnectionRequestPassword", "AuthPassword"],
];
const HAS_SECRET = new RegExp(`"(?:${SECRETS.join("|")})":`);

/**
 * A second line of defence: if code logs a secret by mistake it is masked. pino's own `redact` looks for each name
 * in each text of each line, which was a tenth of what a session allocates.
 */
function withoutSecrets(json: string): string {
  if (!HAS_SECRET.test(json)) return json;
  const mask = (name: string, value: unknown): unknown => (SECRETS.includes(name) ? MASK : value);
  return `${JSON.stringify(JSON.parse(json), mask)}\n`;
}
