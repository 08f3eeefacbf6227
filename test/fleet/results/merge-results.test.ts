import assert from "node:assert/strict";
import { test } from "node:test";
import { createFleetFigures, type FleetFigures } from "../../../src/fleet/figures/fleet-figures.ts";
import { createTimeline } from "../../../src/fleet/figures/timeline.ts";
import { mergeResults } from "../../../src/fleet/results/merge-results.ts";
import type { Shard } from "../../../src/fleet/shards/shard.ts";
import { type FleetSummary, summarize } from "../../../src/fleet/summary.ts";
import { createFakeTime } from "../../helpers/fake-time.ts";
import { fleetOf } from "../../helpers/fleet.ts";

const FLEET = fleetOf({
  groups: [
    { name: "north", count: 5 },
    { name: "south", count: 4 },
  ],
  thresholds: ["p95 < 500ms", "sessions == 30"],
});
const START = Date.UTC(2026, 5, 1);

interface Run {
  readonly shard: Shard;
  readonly latencies: readonly number[];
  readonly sessions: number;
  readonly failure?: string;
  readonly startedAt?: number;
}

function play(figures: FleetFigures, { latencies, sessions }: Pick<Run, "latencies" | "sessions">): void {
  for (const ms of latencies) figures.requests.record(ms);
  for (const [name, group] of figures.groups) {
    const phone = group.phone();
    phone.started();
    for (let at = 0; at < sessions; at++)
      phone.ended({
        successful: true,
        events: ["2 PERIODIC"],
        startedAt: 0,
        durationMs: 3 + at,
        served: 0,
        failure: null,
      });
    if (name === "south") group.injected("drop");
  }
  figures.statuses.add("200", latencies.length);
  figures.connectionRequests.add("accepted", 2);
}

function resultOf(run: Run): FleetSummary {
  const figures = createFleetFigures(["north", "south"], createFakeTime().clock);
  const timeline = createTimeline();
  play(figures, run);
  for (const atMs of [1000, 2000, 3000])
    timeline.add({
      ...{ atMs, phones: 4, ...figures.counts(), open: 1, waiting: 0, rate: 5, rssMiB: 100 },
      latency: { count: 2, p50: run.sessions, p95: run.sessions * 2, p99: run.sessions * 3 },
    });
  const fleet = { figures, size: run.shard.index === 0 ? 4 : 5, elapsedMs: 3000 };
  const { startedAt = START, failure = null, shard } = run;
  return summarize(FLEET, { ...fleet, timeline, startedAt }, { failure, shard });
}

const RUNS = [
  { shard: { index: 0, count: 2 }, latencies: [1, 2, 3, 400], sessions: 10 },
  { shard: { index: 1, count: 2 }, latencies: [5, 6, 700], sessions: 5 },
] as const;
const [FIRST, SECOND] = [resultOf(RUNS[0]), resultOf(RUNS[1])];

test("the result of parts is that of the same run in one process: counts, histograms, groups, kinds", () => {
  const figures = createFleetFigures(["north", "south"], createFakeTime().clock);
  for (const run of RUNS) play(figures, run);
  const whole = summarize(
    FLEET,
    { figures, size: 9, elapsedMs: 3000, timeline: createTimeline(), startedAt: START },
    { failure: null, shard: { index: 0, count: 1 } },
  );
  const { timeline: _, shards, ...merged } = mergeResults([FIRST, SECOND]);
  const { timeline: _none, shards: _all, ...expected } = whole;
  assert.deepEqual(merged, expected);
  assert.deepEqual(shards, [RUNS[0].shard, RUNS[1].shard]);
  assert.deepEqual(
    merged.thresholds.map(({ text, value, holds }) => [text, Math.floor(value ?? 0), holds]),
    [
      ["p95 < 500ms", 700, false],
      ["sessions == 30", 30, true],
    ],
  );
});

test("a part judges no threshold, and results that are merged can be merged again", () => {
  assert.deepEqual([FIRST.thresholds, SECOND.thresholds], [[], []]);
  const [one, other, third] = [0, 1, 2].map((index) => resultOf({ ...RUNS[0], shard: { index, count: 3 } }));
  assert.ok(one && other && third);
  const { timeline: _, ...twice } = mergeResults([mergeResults([one, other]), third]);
  const { timeline: _same, ...once } = mergeResults([one, other, third]);
  assert.deepEqual({ ...twice, failure: null }, { ...once, failure: null });
});

test("a part that is missing and a part that has failed are the failure of the whole", () => {
  assert.equal(mergeResults([FIRST]).failure, "5 of 9 phones are in none of the results");
  const failed = resultOf({ ...RUNS[1], failure: "the TLS check failed" });
  assert.equal(mergeResults([FIRST, failed]).failure, "shard 1/2: the TLS check failed");
});

test("moments add up by the clocks of the hosts; what is at a moment ends with its part, what counts up stays", () => {
  const late = resultOf({ ...RUNS[1], startedAt: START + 2000 });
  const { timeline, startedAt } = mergeResults([late, FIRST]);
  assert.equal(startedAt, "2026-06-01T00:00:00.000Z");
  assert.deepEqual(
    timeline.map(({ atMs, phones, sessions, rate, latency }) => [atMs, phones, sessions, rate, latency?.p95]),
    [
      [1000, 4, 20, 5, 20],
      [2000, 4, 20, 5, 20],
      [3000, 8, 30, 10, 20],
      [4000, 8, 30, 5, 10],
      [5000, 8, 30, 5, 10],
    ],
  );
});

test("where a clock is wrong by more than any part ran, all are taken to have started together", () => {
  const wrong = resultOf({ ...RUNS[1], startedAt: START + 86_400_000 });
  const { timeline } = mergeResults([FIRST, wrong]);
  assert.deepEqual(
    timeline.map(({ atMs, rate }) => [atMs, rate]),
    [
      [1000, 10],
      [2000, 10],
      [3000, 10],
    ],
  );
});

test("parts that ended before their first second have a result without moments", () => {
  assert.deepEqual(
    mergeResults([
      { ...FIRST, timeline: [] },
      { ...SECOND, timeline: [] },
    ]).timeline,
    [],
  );
});
