import type { Outcome } from "../../control/answers.ts";
import { printableJson } from "../../system/printable.ts";
import type { CliIo } from "../io.ts";

/** The answer unchanged, for scripts. */
export function printJson(answer: object, io: CliIo): void {
  io.stdout(`${printableJson(JSON.stringify(answer, null, 2))}\n`);
}

/** `3 s`, `5 min`, `2 h 10 min`, `4 d 3 h`: the two largest units. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return two(hours, "h", minutes % 60, "min");
  return two(Math.floor(hours / 24), "d", hours % 24, "h");
}

function two(large: number, unit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`;
}

/** `2026-05-01 12:00:00 UTC`. */
export function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

export function sentenceOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The result of a session in one line. */
export function outcomeText({ successful, events, served, durationMs, failure }: Outcome): string {
  const what = events.join(", ");
  if (successful) return `${what}: complete, ${sentenceOf(served, "RPC", "RPCs")} served, ${durationMs} ms`;
  return `${what}: failed after ${durationMs} ms: ${failure?.message ?? ""} [${failure?.code ?? "INTERNAL"}]`;
}
