import { parseThreshold, THRESHOLD_FIGURES } from "../config/fleet/thresholds.ts";
import type { Verdict } from "./verdict.ts";

/** `1,204`, `0.25`. */
export function number(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: Math.abs(value) >= 100 ? 0 : 2 });
}

/** `3.2 ms`, `420 ms`, `1.3 s`. */
export function milliseconds(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

/** The measured figure of a threshold, with its unit: `647.7 ms`, `1.2 %`, `40`. */
export function measuredText({ text, value }: Verdict): string {
  if (value === null) return "nothing was measured";
  const digits = Number(value.toPrecision(4));
  const figure = parseThreshold(text)?.figure;
  const kind = figure === undefined ? "count" : THRESHOLD_FIGURES[figure];
  return kind === "count" ? String(value) : `${digits} ${kind === "time" ? "ms" : "%"}`;
}

/** `0:07`, `1:02:03`. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const clock = `${two(minutes % 60)}:${two(seconds % 60)}`;
  return minutes >= 60 ? `${Math.floor(minutes / 60)}:${clock}` : clock.replace(/^0/, "");
}
