import { pino } from "pino";
import type { Logger } from "../ports/logger.ts";

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";
/** `auto`: readable lines on a terminal, JSON lines everywhere else. */
export type LogFormat = "auto" | "json" | "pretty";

/** Where log lines go: a stream of the process, or a test's own. */
export interface LogDestination {
  readonly isTTY?: boolean;
  write(text: string): void;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly destination: LogDestination;
}

/** Lines leave the process before the call returns, so none is lost when it ends or is killed. */
export async function createLogger({ level, format, destination }: LoggerOptions): Promise<Logger> {
  const readable = format === "pretty" || (format === "auto" && destination.isTTY === true);
  const log: Logger = pino(
    {
      level,
      base: null,
      redact: { paths: secretPaths(), censor: "********" },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    readable ? await readableStream(destination) : { write: (text) => destination.write(text) },
  );
  return log;
}

/** Loaded where somebody reads along: a phone has the memory for itself. */
async function readableStream(destination: LogDestination): Promise<{ write(text: string): void }> {
  const { default: pretty } = await import("pino-pretty");
  const format = pretty.prettyFactory({
    colorize: destination.isTTY === true,
    translateTime: "SYS:HH:MM:ss.l",
    ignore: "pid,hostname",
    singleLine: true,
  });
  return { write: (text) => destination.write(format(text)) };
}

/** The second line of defence: nobody should log a secret, and if somebody does it is masked, up to two objects deep. */
function secretPaths(): string[] {
  const names = ["password", "passphrase", "authorization", "Password", "ConnectionRequestPassword", "AuthPassword"];
  return names.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
}
