import assert from "node:assert/strict";
import { test } from "node:test";
import { createGroupMetrics, type GroupSample } from "../../src/metrics/group-gauges.ts";
import { readSamples } from "../helpers/samples.ts";

const COUNTS = {
  ...{ started: 5, reached: 4, retrying: 1, sessions: 9, failures: 2, retries: 2 },
  ...{ rpcs: 7, faults: 3, injected: 6 },
};

/** A group that has done something, and one that has not. */
function groups(): readonly GroupSample[] {
  const nothing = Object.fromEntries(Object.keys(COUNTS).map((name) => [name, 0])) as unknown as typeof COUNTS;
  return [
    {
      ...{ group: "north", counts: COUNTS, states: { idle: 3, session: 2 } },
      outcomes: { success: 7, ACS_TIMEOUT: 2 },
      ...{ rpcs: { GetParameterValues: 7 }, injected: { rebootStorm: 4, wrongId: 2 } },
    },
    {
      group: "south",
      counts: nothing,
      states: { idle: 0, session: 0 },
      outcomes: { success: 0 },
      rpcs: {},
      injected: {},
    },
  ];
}

test("each group has its own phones, sessions by outcome, RPCs by method and injections by name, and no scrape adds up", async () => {
  const set = createGroupMetrics({ version: "1.2.3", groups, connectionRequests: () => ({ unauthorized: 8 }) });
  set.sessionEnded("north", { successful: true, durationMs: 300 });
  set.sessionEnded("north", { successful: false, durationMs: 61_000 });
  const first = await readSamples(set);
  assert.deepEqual(await readSamples(set), first);
  const of = (name: string): number | undefined => first[`akuvox_cpe_fleet_${name}`];
  assert.equal(of('phones_reached{group="north"}'), 4);
  assert.equal(of('phones{group="north",state="session"}'), 2);
  assert.equal(of('sessions_total{group="north",outcome="success"}'), 7);
  assert.equal(of('sessions_total{group="north",outcome="ACS_TIMEOUT"}'), 2);
  assert.equal(of('sessions_total{group="south",outcome="success"}'), 0);
  assert.equal(of('failures_total{group="north"}'), 2);
  assert.equal(of('retries_total{group="north"}'), 2);
  assert.equal(of('rpcs_total{group="north",method="GetParameterValues"}'), 7);
  assert.equal(of('injected_total{group="north",what="rebootStorm"}'), 4);
  assert.equal(of('connection_requests_total{result="accepted"}'), 0);
  assert.equal(of('connection_requests_total{result="unauthorized"}'), 8);
  const text = await set.registry.metrics();
  assert.match(text, /_bucket\{le="0\.25",group="north",outcome="success"\} 0$/m);
  assert.match(text, /_bucket\{le="0\.5",group="north",outcome="success"\} 1$/m);
  assert.equal(of('session_duration_seconds_sum{group="north",outcome="failure"}'), 61);
  assert.equal(of('session_duration_seconds_count{group="south",outcome="success"}'), 0);
});
