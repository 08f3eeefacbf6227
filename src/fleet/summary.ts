import type { FleetConfig } from "../config/fleet/load-fleet.ts";
import type { GroupCounts } from "../metrics/group-gauges.ts";
import type { FleetCounts } from "./figures/fleet-figures.ts";
import type { GroupTallies } from "./figures/group-figures.ts";
import type { Latency } from "./figures/latency.ts";
import type { FleetMoment } from "./figures/timeline.ts";
import type { Fleet, FleetEnd } from "./fleet.ts";
import { type FleetPlan, fleetPlan } from "./results/fleet-plan.ts";
import { type Shard, sizeInShard } from "./shards/shard.ts";
import { judge, type Verdict } from "./verdict.ts";

/** The summary of a fleet's run, for its report and its last line of JSON. */
export interface FleetSummary {
  readonly version: 1;
  /** Which parts of the fleet it is of; `0/1` is all of it. */
  readonly shards: readonly Shard[];
  readonly plan: FleetPlan;
  /** Wall time of the start. */
  readonly startedAt: string;
  readonly phones: number;
  readonly seed: string | null;
  readonly durationMs: number;
  /** Why it ended early; null: it did not. */
  readonly failure: string | null;
  readonly counts: FleetCounts;
  readonly groups: Readonly<Record<string, GroupSummary>>;
  /** By what became of them. */
  readonly connectionRequests: Readonly<Record<string, number>>;
  /** HTTP statuses of the ACS. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly requests: LatencySummary;
  readonly sessions: LatencySummary;
  readonly retryWaits: LatencySummary;
  /** Of the whole fleet; empty in the summary of a part. */
  readonly thresholds: readonly Verdict[];
  readonly timeline: readonly FleetMoment[];
}

export interface GroupSummary extends GroupCounts {
  readonly phones: number;
  readonly tallies: Readonly<Record<keyof GroupTallies, Readonly<Record<string, number>>>>;
}

/** In milliseconds. */
export interface LatencySummary {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** How long each percentage of them took at most. */
  readonly curve: readonly { readonly percentile: number; readonly ms: number }[];
  /** An HdrHistogram of microseconds, compressed, base64. */
  readonly histogram: string;
}

export function summarize(
  config: FleetConfig,
  fleet: Pick<Fleet, "figures" | "size" | "elapsedMs" | "timeline" | "startedAt">,
  { failure, shard }: FleetEnd & { readonly shard: Shard },
): FleetSummary {
  const { figures, size, elapsedMs, timeline, startedAt } = fleet;
  const groups = config.groups.map(({ name, firstIndex, count }): [string, GroupSummary] => {
    const own = figures.groups.get(name);
    if (own === undefined) throw new RangeError(`there is no group ${name}`);
    const { outcomes, events, rpcs, faults, transfers, injected } = own.tallies;
    const tallies = {
      outcomes: outcomes.toJSON(),
      events: events.toJSON(),
      rpcs: rpcs.toJSON(),
      faults: faults.toJSON(),
      transfers: transfers.toJSON(),
      injected: injected.toJSON(),
    };
    return [name, { phones: sizeInShard(firstIndex, count, shard), ...own.counts, tallies }];
  });
  return {
    version: 1,
    shards: [shard],
    plan: fleetPlan(config),
    startedAt: new Date(startedAt).toISOString(),
    phones: size,
    seed: config.seed,
    durationMs: Math.round(elapsedMs),
    failure,
    counts: figures.counts(),
    groups: Object.fromEntries(groups),
    connectionRequests: figures.connectionRequests.toJSON(),
    statuses: figures.statuses.toJSON(),
    requests: latencySummary(figures.requests),
    sessions: latencySummary(figures.sessions),
    retryWaits: latencySummary(figures.retryWaits),
    thresholds: shard.count === 1 ? judge(config.thresholds, figures) : [],
    timeline: timeline.moments,
  };
}

export function latencySummary(latency: Latency): LatencySummary {
  const at = (percentile: number): number => latency.percentileMs(percentile);
  return {
    count: latency.count,
    mean: latency.meanMs,
    ...{ p50: at(50), p90: at(90), p95: at(95), p99: at(99), p999: at(99.9) },
    max: latency.maxMs,
    curve: latency.count === 0 ? [] : CURVE.map((percentile) => ({ percentile, ms: at(percentile) })),
    histogram: latency.encoded(),
  };
}

const CURVE = [
  0, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92, 94, 95, 96, 97, 98, 98.5, 99, 99.3, 99.5, 99.7, 99.8, 99.9,
];
