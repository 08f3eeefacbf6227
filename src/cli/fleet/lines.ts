import { Tally } from "../../fleet/figures/tally.ts";
import type { FleetMoment } from "../../fleet/figures/timeline.ts";
import { shardText } from "../../fleet/shards/shard.ts";
import type { FleetSummary, LatencySummary } from "../../fleet/summary.ts";
import type { Verdict } from "../../fleet/verdict.ts";
import { duration, measuredText, milliseconds, number } from "../../fleet/words.ts";
import type { Paint } from "../paint.ts";

/** The changes between two moments, a second apart. */
export function perSecond(now: FleetMoment, before: FleetMoment | null, figure: "sessions" | "rpcs"): string {
  const seconds = (now.atMs - (before?.atMs ?? 0)) / 1000;
  return seconds <= 0 ? "0" : number(Math.round((now[figure] - (before?.[figure] ?? 0)) / seconds));
}

/** One line for a log or a pipe. */
export function plainLine(now: FleetMoment, before: FleetMoment | null): string {
  return [
    duration(now.atMs),
    `${number(now.started)}/${number(now.phones)} phones started, ${number(now.reached)} reached the ACS`,
    `${perSecond(now, before, "sessions")} sessions/s`,
    `${perSecond(now, before, "rpcs")} RPCs/s`,
    latencyText(now),
    `${number(now.failures)} failed, ${number(now.retrying)} retrying, ${number(now.faults)} faults`,
    `${number(now.open)} open`,
    `${now.rssMiB} MiB`,
  ].join("; ");
}

const BAR = 24;

/** Lines that are redrawn each second. */
export function liveLines(now: FleetMoment, before: FleetMoment | null, paint: Paint): readonly string[] {
  const filled = Math.round((BAR * now.started) / Math.max(now.phones, 1));
  const bar = `${"█".repeat(filled)}${"░".repeat(BAR - filled)}`;
  const ramp = now.started < now.phones ? `, ${number(Math.max(now.rate, 1))} more each second` : "";
  const failed = now.failures === 0 ? "none failed" : paint.red(`${number(now.failures)} failed`);
  const faults = now.faults === 0 ? "no faults" : paint.yellow(`${number(now.faults)} faults`);
  const rows = [
    ["Phones", `${bar} ${number(now.started)} of ${number(now.phones)} started${ramp}`],
    ["", `${number(now.reached)} have reached the ACS, ${number(now.retrying)} are retrying`],
    ["Sessions", `${perSecond(now, before, "sessions")}/s, ${number(now.sessions)} in all, ${failed}`],
    ["", `${number(now.open)} open, ${number(now.waiting)} waiting for their turn, ${number(now.retries)} retries`],
    ["RPCs", `${perSecond(now, before, "rpcs")}/s, ${number(now.rpcs)} in all, ${faults}`],
    ["Requests", `${number(now.connectionRequests)} connection requests accepted`],
    ["Latency", latencyText(now)],
    ["Process", `${duration(now.atMs)}, ${now.rssMiB} MiB`],
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
  const { counts, phones, durationMs, requests, sessions, thresholds, failure, shards, plan } = summary;
  const rows = [
    ["Phones", `${number(counts.started)} of ${number(phones)} started, ${number(counts.reached)} reached the ACS`],
    [
      "Sessions",
      `${number(counts.sessions)}, ${number(counts.failures)} failed, ${number(counts.retries)} were retries`,
    ],
    ...Object.entries(outcomes(summary)).map(([code, times]) => ["", `${number(times)} ${code}`]),
    ["RPCs", `${number(counts.rpcs)}, ${number(counts.faults)} faults`],
    ["Requests", distribution(requests, "answered")],
    ["Duration", distribution(sessions, "of successful sessions")],
    ...injected(summary),
    ["Time", duration(durationMs)],
  ];
  const lines = rows.map(([name = "", text = ""]) => `${paint.dim(name.padEnd(9))} ${text}`);
  const judged = thresholds.map((verdict) => verdictText(verdict, paint));
  const isPart = thresholds.length === 0 && plan.thresholds.length > 0;
  const part = isPart
    ? [`Part ${shards.map(shardText).join(", ")}: akuvox-cpe report merge judges the thresholds`]
    : [];
  const why = failure === null ? [] : [paint.red(failure)];
  return [...lines, ...judged, ...part, ...why].map((line) => `${line}\n`).join("");
}

/** Outcomes of failed sessions, of all groups. */
function outcomes({ groups }: FleetSummary): Readonly<Record<string, number>> {
  const sums = new Tally();
  for (const { tallies } of Object.values(groups))
    for (const [code, times] of Object.entries(tallies.outcomes)) if (code !== "success") sums.add(code, times);
  return sums.toJSON();
}

/** Counts of scenarios and misbehaviour, over all groups. */
function injected({ groups }: FleetSummary): readonly (readonly string[])[] {
  const sums = new Tally();
  for (const { tallies } of Object.values(groups))
    for (const [what, times] of Object.entries(tallies.injected)) sums.add(what, times);
  return Object.entries(sums.toJSON()).map(([what, times], at) => [
    at === 0 ? "Injected" : "",
    `${number(times)} ${what}`,
  ]);
}

function distribution({ count: times, p50, p95, p99, max }: LatencySummary, what: string): string {
  if (times === 0) return "nothing was measured";
  const texts = [
    ["p50", p50],
    ["p95", p95],
    ["p99", p99],
    ["max", max],
  ].map(([name, ms]) => `${name} ${milliseconds(Number(ms))}`);
  return `${number(times)} ${what}: ${texts.join(", ")}`;
}

function verdictText(verdict: Verdict, paint: Paint): string {
  const found = verdict.value === null ? "" : "it is ";
  return `${verdict.holds ? paint.green("✔") : paint.red("✘")} ${verdict.text}: ${found}${measuredText(verdict)}`;
}
