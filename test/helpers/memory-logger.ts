import type { Logger } from "../../src/ports/logger.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface LogLine {
  readonly level: LogLevel;
  /** With those of the parents. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export interface MemoryLogger extends Logger {
  /** Every line so far, the children's too. */
  readonly lines: readonly LogLine[];
  at(level: LogLevel): readonly LogLine[];
  /** Everything logged, as one text: for asserting what must not be in it. */
  text(): string;
}

export function createMemoryLogger(): MemoryLogger {
  const lines: LogLine[] = [];
  return {
    ...loggerInto(lines, {}),
    lines,
    at: (level) => lines.filter((line) => line.level === level),
    text: () => lines.map(lineText).join("\n"),
  };
}

function loggerInto(lines: LogLine[], inherited: Record<string, unknown>): Logger {
  const add = (level: LogLevel) => (fields: object, message: string) => {
    lines.push({ level, fields: { ...inherited, ...fields }, message });
  };
  return {
    debug: add("debug"),
    info: add("info"),
    warn: add("warn"),
    error: add("error"),
    child: (fields) => loggerInto(lines, { ...inherited, ...fields }),
  };
}

function lineText({ level, fields, message }: LogLine): string {
  const plain = (_key: string, value: unknown): unknown =>
    value instanceof Error ? `${value.name}: ${value.message}` : typeof value === "bigint" ? String(value) : value;
  return `${level} ${message} ${JSON.stringify(fields, plain)}`;
}
