import { type FleetCounts, sumGroupCounts } from "../figures/fleet-figures.ts";
import { createLatency, type Latency } from "../figures/latency.ts";
import { Tally } from "../figures/tally.ts";
import { shardText } from "../shards/shard.ts";
import { type FleetSummary, type GroupSummary, type LatencySummary, latencySummary } from "../summary.ts";
import { judge } from "../verdict.ts";
import { thresholdsOf } from "./fleet-plan.ts";
import { mergedTimeline } from "./merged-timeline.ts";

/**
 * Parts of one run as the run that they are: counts and histograms add up, the thresholds are judged over all, and what is missing or
 * has failed is its failure.
 *
 * @param parts at least one; checked by `checkResults`
 * @throws RangeError where a histogram cannot be read
 */
export function mergeResults(parts: readonly [FleetSummary, ...FleetSummary[]]): FleetSummary {
  const [{ plan, seed, version }] = parts;
  const latencies = {
    requests: sumLatency(parts.map(({ requests }) => requests)),
    sessions: sumLatency(parts.map(({ sessions }) => sessions)),
    retryWaits: sumLatency(parts.map(({ retryWaits }) => retryWaits)),
  };
  const counts = sumCounts(parts.map((part) => part.counts));
  const phones = parts.reduce((sum, part) => sum + part.phones, 0);
  const whole = plan.groups.reduce((sum, { count }) => sum + count, 0);
  const missing = phones < whole ? `${whole - phones} of ${whole} phones are in none of the results` : null;
  const failures = parts.flatMap(({ failure, shards }) =>
    failure === null ? [] : [`${shardsText(shards)}: ${failure}`],
  );
  return {
    version,
    shards: parts.flatMap(({ shards }) => shards),
    plan,
    startedAt: new Date(Math.min(...parts.map(({ startedAt }) => Date.parse(startedAt)))).toISOString(),
    phones,
    seed,
    durationMs: Math.max(...parts.map(({ durationMs }) => durationMs)),
    failure: [missing, ...failures].filter((text) => text !== null).join("; ") || null,
    counts,
    groups: Object.fromEntries(
      plan.groups.map(({ name }) => [name, sumGroup(parts.flatMap((part) => part.groups[name] ?? []))]),
    ),
    connectionRequests: sumTally(parts.map((part) => part.connectionRequests)),
    statuses: sumTally(parts.map((part) => part.statuses)),
    requests: latencySummary(latencies.requests),
    sessions: latencySummary(latencies.sessions),
    retryWaits: latencySummary(latencies.retryWaits),
    thresholds: judge(thresholdsOf(plan), { ...latencies, counts: () => counts }),
    timeline: mergedTimeline(parts),
  };
}

function shardsText(shards: FleetSummary["shards"]): string {
  const [first] = shards;
  return first === undefined || shards.length > 1 ? `${shards.length} shards` : `shard ${shardText(first)}`;
}

export function sumLatency(summaries: readonly LatencySummary[]): Latency {
  const sum = createLatency();
  for (const { histogram, max } of summaries) sum.add(histogram, max);
  return sum;
}

function sumCounts(all: readonly FleetCounts[]): FleetCounts {
  const total = (name: keyof FleetCounts): number => all.reduce((sum, counts) => sum + counts[name], 0);
  return { ...sumGroupCounts(all), connectionRequests: total("connectionRequests"), arrivals: total("arrivals") };
}

function sumGroup(parts: readonly GroupSummary[]): GroupSummary {
  const tally = (kind: keyof GroupSummary["tallies"]) => sumTally(parts.map(({ tallies }) => tallies[kind]));
  const tallies = {
    ...{ outcomes: tally("outcomes"), events: tally("events"), rpcs: tally("rpcs") },
    ...{ faults: tally("faults"), transfers: tally("transfers"), injected: tally("injected") },
  };
  return { phones: parts.reduce((sum, { phones }) => sum + phones, 0), ...sumGroupCounts(parts), tallies };
}

export function sumTally(all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sum = new Tally();
  for (const counts of all) for (const [name, count] of Object.entries(counts)) sum.add(name, count);
  return sum.toJSON();
}
