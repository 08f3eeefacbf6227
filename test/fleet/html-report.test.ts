import assert from "node:assert/strict";
import { test } from "node:test";
import { htmlReport } from "../../src/fleet/report/html-report.ts";
import { niceAbove } from "../../src/fleet/report/plot.ts";
import type { FleetSummary } from "../../src/fleet/summary.ts";
import { fleetSummary } from "../helpers/fleet.ts";

test("the axis of a plot ends with a short number above what is shown", () => {
  assert.deepEqual([0, 0.3, 1, 1.5, 7, 41, 99, 100, 120].map(niceAbove), [1, 0.4, 1, 2, 8, 50, 100, 100, 200]);
});

test("the report says what happened, has every plot, and lets no name of a group become markup", async () => {
  const summary = await fleetSummary();
  const html = await htmlReport({ ...summary, seed: "<script>alert(1)</script>" }, "A run & its report");
  for (const text of [
    "Sessions a second",
    "Arrival of Informs a second",
    "Latency of requests by percentile",
    "Waits before a retry by percentile",
    "Outcomes of sessions",
    "What was injected, by group",
    "p95 &lt; 500ms",
    "does not hold",
    "A run &amp; its report",
    "north: reboot storm",
  ])
    assert.ok(html.includes(text), text);
  assert.doesNotMatch(html, /<script|https?:\/\/(?!www\.w3\.org)/);
  assert.match(html, /1 of 2 thresholds do not hold/);
  assert.match(html, /<td class="number">[\d.]+ ms<\/td><td>holds/);
  assert.doesNotMatch(html, /<dt>Parts?</, "it is the whole");
});

test("the report of a part says that it is one, and that of merged parts whose percentiles its moments have", async () => {
  const summary = await fleetSummary();
  const part = await htmlReport({ ...summary, shards: [{ index: 0, count: 2 }], thresholds: [] }, "Part");
  assert.match(part, /<dt>Part<\/dt><dd>0\/2</);
  assert.match(part, /A part of a run; the thresholds are judged over all of its parts\./);
  const shards = [0, 1].map((index) => ({ index, count: 2 }));
  const merged = await htmlReport({ ...summary, shards, failure: "5 phones are in none of the results" }, "Merged");
  assert.match(merged, /Not the whole run: 5 phones are in none of the results/);
  assert.match(merged, /2 of one fleet.*Latency of requests, slowest part/s);
});

test("a run in which nothing happened has a report too", async () => {
  const { timeline: _, ...rest } = await fleetSummary();
  const nothing: FleetSummary = { ...rest, timeline: [], thresholds: [], groups: {}, failure: "no port" };
  assert.match(await htmlReport(nothing, "Nothing"), /Ended early: no port.*Nothing was measured\./s);
});
