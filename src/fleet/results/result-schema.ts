import * as z from "zod";
import { parseThreshold } from "../../config/fleet/thresholds.ts";
import { createLatency } from "../figures/latency.ts";
import type { FleetSummary } from "../summary.ts";

const MAX_SHARDS = 1_000_000;
const MAX_ENTRIES = 10_000;

const count = z.number().int().nonnegative();
const measure = z.number().nonnegative();
const text = z.string().max(2000);
const texts = z.array(text).max(MAX_ENTRIES);
const group = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);
const tally = z.record(text, count);

const shard = z
  .object({ index: count, count: z.number().int().min(1).max(MAX_SHARDS) })
  .refine(({ index, count: all }) => index < all, "its index must be below its count");

const groupCounts = {
  started: count,
  reached: count,
  retrying: count,
  sessions: count,
  failures: count,
  retries: count,
  rpcs: count,
  faults: count,
  injected: count,
};
const counts = { ...groupCounts, connectionRequests: count, arrivals: count };

const latency = z
  .object({
    count,
    ...{ mean: measure, p50: measure, p90: measure, p95: measure, p99: measure, p999: measure, max: measure },
    curve: z.array(z.object({ percentile: z.number().min(0).max(100), ms: measure })).max(MAX_ENTRIES),
    histogram: z.string(),
  })
  .refine(
    (one) => histogramCount(one.histogram) === one.count,
    "it has no histogram that can be read, or one of others",
  );

/** Null: it cannot be read. */
function histogramCount(encoded: string): number | null {
  const latency = createLatency();
  try {
    latency.add(encoded, 0);
  } catch {
    return null;
  }
  return latency.count;
}

const moment = z.object({
  ...counts,
  ...{ atMs: measure, phones: count, open: count, waiting: count, rate: measure, rssMiB: measure },
  latency: z.object({ count, p50: measure, p95: measure, p99: measure }).nullable(),
});

const plan = z.object({
  groups: z.array(z.object({ name: group, firstIndex: count, count })).max(MAX_ENTRIES),
  thresholds: z.array(text.refine((line) => parseThreshold(line) !== null, "it is not a threshold")).max(MAX_ENTRIES),
  scenarios: texts,
  misbehaviour: texts,
});

const tallies = z.object({
  ...{ outcomes: tally, events: tally, rpcs: tally, faults: tally, transfers: tally, injected: tally },
});

/** The result of a fleet as `fleet --json` prints it. */
export const RESULT: z.ZodType<FleetSummary> = z.object({
  version: z.literal(1),
  shards: z.array(shard).min(1).max(MAX_SHARDS),
  plan,
  startedAt: z.iso.datetime(),
  phones: count,
  seed: text.nullable(),
  durationMs: measure,
  failure: z.string().nullable(),
  counts: z.object(counts),
  groups: z.record(group, z.object({ phones: count, ...groupCounts, tallies })),
  ...{ connectionRequests: tally, statuses: tally },
  ...{ requests: latency, sessions: latency, retryWaits: latency },
  thresholds: z.array(z.object({ text, value: z.number().nullable(), holds: z.boolean() })).max(MAX_ENTRIES),
  timeline: z.array(moment).max(MAX_ENTRIES),
});
