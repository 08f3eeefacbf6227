import { createTimeline, type FleetMoment } from "../figures/timeline.ts";
import type { FleetSummary } from "../summary.ts";

type Part = Pick<FleetSummary, "startedAt" | "durationMs" | "timeline">;

interface Track {
  /** Milliseconds after the start of the first. */
  readonly offsetMs: number;
  readonly moments: readonly FleetMoment[];
}

/**
 * The moments of several processes as those of one: counts add up, and percentiles are those of the slowest, as percentiles do not add
 * up. They lie at equal distances, the longest that any part has. By the wall clocks of their hosts; where by these no two ran at the
 * same time, a clock is wrong, and all are taken to have started together.
 */
export function mergedTimeline(parts: readonly Part[]): readonly FleetMoment[] {
  const tracks = tracksOf(parts);
  const stepMs = Math.max(...tracks.map(({ moments }) => distanceOf(moments)));
  const endMs = Math.max(...tracks.map(({ offsetMs, moments }) => offsetMs + (moments.at(-1)?.atMs ?? 0)));
  const merged = createTimeline();
  const next = tracks.map(() => 0);
  for (let atMs = stepMs; atMs < endMs + stepMs; atMs += stepMs) {
    const now = tracks.map(({ offsetMs, moments }, track) => {
      const from = next[track] ?? 0;
      let end = from;
      while ((moments[end]?.atMs ?? Number.POSITIVE_INFINITY) + offsetMs <= atMs) end++;
      next[track] = end;
      return { recent: moments.slice(from, end), last: moments[end - 1] ?? null, isOver: end >= moments.length };
    });
    if (now.some(({ last }) => last !== null)) merged.add(sumMoments(atMs, now));
  }
  return merged.moments;
}

function tracksOf(parts: readonly Part[]): readonly Track[] {
  const starts = parts.map(({ startedAt }) => Date.parse(startedAt));
  const first = Math.min(...starts);
  const spread = Math.max(...starts) - first;
  const isTogether = spread <= Math.max(...parts.map(({ durationMs }) => durationMs));
  return parts.map(({ timeline }, at) => ({
    offsetMs: isTogether ? (starts[at] ?? first) - first : 0,
    moments: timeline,
  }));
}

const SECOND_MS = 1000;

/** Moments of a long run are further apart. */
function distanceOf(moments: readonly FleetMoment[]): number {
  const [one, other] = moments;
  return one === undefined || other === undefined ? SECOND_MS : Math.max(other.atMs - one.atMs, SECOND_MS);
}

/** What a part has been up to since the last look. */
export interface Now {
  readonly recent: readonly FleetMoment[];
  readonly last: FleetMoment | null;
  readonly isOver: boolean;
}

/** What counts up stays when a part has ended; what is at a moment is nothing then. */
export function sumMoments(atMs: number, now: readonly Now[]): FleetMoment {
  const all = now.flatMap(({ last }) => last ?? []);
  const running = now.flatMap(({ last, isOver, recent }) =>
    last === null || (isOver && recent.length === 0) ? [] : [last],
  );
  const total = (name: Counted): number => all.reduce((sum, moment) => sum + moment[name], 0);
  const current = (name: Current): number => running.reduce((sum, moment) => sum + moment[name], 0);
  const latencies = now.flatMap(({ recent }) => recent.flatMap(({ latency }) => latency ?? []));
  const slowest = (name: "p50" | "p95" | "p99"): number => Math.max(...latencies.map((latency) => latency[name]));
  return {
    atMs: Math.round(atMs),
    ...{ phones: total("phones"), started: total("started"), reached: total("reached") },
    ...{ sessions: total("sessions"), failures: total("failures"), retries: total("retries") },
    ...{ rpcs: total("rpcs"), faults: total("faults"), injected: total("injected") },
    ...{ connectionRequests: total("connectionRequests"), arrivals: total("arrivals") },
    ...{ retrying: current("retrying"), open: current("open"), waiting: current("waiting") },
    ...{ rate: current("rate"), rssMiB: current("rssMiB") },
    latency:
      latencies.length === 0
        ? null
        : {
            count: latencies.reduce((sum, { count }) => sum + count, 0),
            ...{ p50: slowest("p50"), p95: slowest("p95"), p99: slowest("p99") },
          },
  };
}

type Current = "retrying" | "open" | "waiting" | "rate" | "rssMiB";
type Counted = Exclude<keyof FleetMoment, Current | "atMs" | "latency">;
