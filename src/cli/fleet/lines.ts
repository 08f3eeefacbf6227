import type { FleetMoment } from "../../fleet/figures/timeline.ts";
import type { FleetSummary, LatencySummary } from "../../fleet/summary.ts";
import type { Verdict } from "../../fleet/verdict.ts";
import type { Paint } from "../paint.ts";

/** `1,204`. */
export function count(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

/** `3.2 ms`, `420 ms`, `1.3 s`. */
export function milliseconds(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

/** `0:07`, `1:02:03`. */
export function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const clock = `${two(minutes % 60)}:${two(seconds % 60)}`;
  return minutes >= 60 ? `${Math.floor(minutes / 60)}:${clock}` : clock.replace(/^0/, "");
}

/** What there was in a second, between two moments. */
export function perSecond(now: FleetMoment, before: FleetMoment | null, figure: "sessions" | "rpcs"): string {
  const seconds = (now.atMs - (before?.atMs ?? 0)) / 1000;
  return seconds <= 0 ? "0" : count((now[figure] - (before?.[figure] ?? 0)) / seconds);
}

/** One line for a log or a pipe. */
export function plainLine(now: FleetMoment, before: FleetMoment | null): string {
  return [
    elapsed(now.atMs),
    `${count(now.started)}/${count(now.phones)} phones started, ${count(now.reached)} reached the ACS`,
    `${perSecond(now, before, "sessions")} sessions/s`,
    `${perSecond(now, before, "rpcs")} RPCs/s`,
    latencyText(now),
    `${count(now.failures)} failed, ${count(now.retrying)} retrying, ${count(now.faults)} faults`,
    `${count(now.open)} open`,
    `${now.rssMiB} MiB`,
  ].join("; ");
}

const BAR = 24;

/** Lines that are drawn anew each second. */
export function liveLines(now: FleetMoment, before: FleetMoment | null, paint: Paint): readonly string[] {
  const filled = Math.round((BAR * now.started) / Math.max(now.phones, 1));
  const bar = `${"█".repeat(filled)}${"░".repeat(BAR - filled)}`;
  const ramp = now.started < now.phones ? `, ${count(Math.max(now.rate, 1))} more each second` : "";
  const failed = now.failures === 0 ? "none failed" : paint.red(`${count(now.failures)} failed`);
  const faults = now.faults === 0 ? "no faults" : paint.yellow(`${count(now.faults)} faults`);
  const rows = [
    ["Phones", `${bar} ${count(now.started)} of ${count(now.phones)} started${ramp}`],
    ["", `${count(now.reached)} have reached the ACS, ${count(now.retrying)} are retrying`],
    ["Sessions", `${perSecond(now, before, "sessions")}/s, ${count(now.sessions)} in all, ${failed}`],
    ["", `${count(now.open)} open, ${count(now.waiting)} waiting for their turn, ${count(now.retries)} retries`],
    ["RPCs", `${perSecond(now, before, "rpcs")}/s, ${count(now.rpcs)} in all, ${faults}`],
    ["Requests", `${count(now.connectionRequests)} connection requests accepted`],
    ["Latency", latencyText(now)],
    ["Process", `${elapsed(now.atMs)}, ${now.rssMiB} MiB`],
  ] as const;
  return rows.map(([name, text]) => `${paint.dim(name.padEnd(9))} ${text}`);
}

function latencyText({ latency }: FleetMoment): string {
  if (latency === null) return "no answers";
  const { p50, p95, p99 } = latency;
  return `p50 ${milliseconds(p50)}, p95 ${milliseconds(p95)}, p99 ${milliseconds(p99)}`;
}

/** The end of a run, for people. */
export function summaryText(summary: FleetSummary, paint: Paint): string {
  const { counts, phones, durationMs, requests, sessions, thresholds, failure } = summary;
  const rows = [
    ["Phones", `${count(counts.started)} of ${count(phones)} started, ${count(counts.reached)} reached the ACS`],
    ["Sessions", `${count(counts.sessions)}, ${count(counts.failures)} failed, ${count(counts.retries)} were retries`],
    ...Object.entries(outcomes(summary)).map(([code, times]) => ["", `${count(times)} ${code}`]),
    ["RPCs", `${count(counts.rpcs)}, ${count(counts.faults)} faults`],
    ["Requests", distribution(requests)],
    ["Sessions", distribution(sessions)],
    ["Time", elapsed(durationMs)],
  ];
  const lines = rows.map(([name = "", text = ""]) => `${paint.dim(name.padEnd(9))} ${text}`);
  const judged = thresholds.map((verdict) => verdictText(verdict, paint));
  const why = failure === null ? [] : [paint.red(failure)];
  return [...lines, ...judged, ...why].map((line) => `${line}\n`).join("");
}

/** Outcomes of failed sessions, of all groups. */
function outcomes({ groups }: FleetSummary): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { tallies } of Object.values(groups))
    for (const [code, times] of Object.entries(tallies.outcomes))
      if (code !== "success") sums[code] = (sums[code] ?? 0) + times;
  return sums;
}

function distribution({ count: times, p50, p95, p99, max }: LatencySummary): string {
  if (times === 0) return "none was answered";
  const texts = [
    ["p50", p50],
    ["p95", p95],
    ["p99", p99],
    ["max", max],
  ].map(([name, ms]) => `${name} ${milliseconds(Number(ms))}`);
  return `${count(times)} answered: ${texts.join(", ")}`;
}

function verdictText({ text, value, holds }: Verdict, paint: Paint): string {
  const found = value === null ? "nothing was measured" : `it is ${Number(value.toPrecision(4))}`;
  return `${holds ? paint.green("✔") : paint.red("✘")} ${text}: ${found}`;
}
