import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionOutcome } from "../../src/agent/core/session-history.ts";
import { parseThreshold } from "../../src/config/fleet/thresholds.ts";
import { createFleetFigures } from "../../src/fleet/figures/fleet-figures.ts";
import { createTimeline, type FleetMoment } from "../../src/fleet/figures/timeline.ts";
import { judge } from "../../src/fleet/verdict.ts";
import { createFakeTime } from "../helpers/fake-time.ts";

const OUTCOME: SessionOutcome = {
  successful: true,
  events: ["2 PERIODIC"],
  startedAt: 10_000,
  durationMs: 40,
  served: 0,
  failure: null,
};
const failed = (code: "ACS_TIMEOUT" | "SESSION_ABORTED", startedAt = 1000): SessionOutcome => ({
  ...OUTCOME,
  startedAt,
  successful: false,
  failure: { code, message: "" },
});

test("sessions, failures, retries and who is still retrying are counted by phone and by group", () => {
  const figures = createFleetFigures(["a", "b"], createFakeTime().clock);
  const [one, other] = [figures.groups.get("a")?.phone(), figures.groups.get("b")?.phone()];
  one?.ended(failed("ACS_TIMEOUT"));
  one?.ended(failed("ACS_TIMEOUT", 5000));
  one?.ended(OUTCOME);
  other?.ended(OUTCOME);
  other?.ended(failed("ACS_TIMEOUT"));
  other?.ended(failed("SESSION_ABORTED"));
  assert.deepEqual(figures.groups.get("a")?.counts, {
    ...{ started: 0, reached: 1, retrying: 0, sessions: 3, failures: 2, retries: 2 },
    ...{ rpcs: 0, faults: 0, injected: 0 },
  });
  const { retrying, reached, sessions } = figures.counts();
  assert.deepEqual([retrying, reached, sessions], [1, 2, 5]);
  assert.equal(figures.retryWaits.count, 2);
  assert.ok(Math.abs(figures.retryWaits.maxMs - 4960) < 10, String(figures.retryWaits.maxMs));
  assert.deepEqual(figures.groups.get("a")?.tallies.outcomes.toJSON(), { ACS_TIMEOUT: 2, success: 1 });
  other?.started();
  other?.left();
  const left = figures.counts();
  assert.deepEqual(
    [left.started, left.reached, left.retrying, left.sessions],
    [0, 1, 0, 5],
    "what it did stays counted",
  );
});

test("the latency of a request is the time from the message to the whole answer, for each session alone", async () => {
  const { clock, advance } = createFakeTime();
  const figures = createFleetFigures(["a"], clock);
  const sent = { kind: "sent", body: null, bytes: 0, authorized: false } as const;
  const received = (status: number) => ({ kind: "received", status, body: null, bytes: 0 }) as const;
  figures.observe(1, 0, sent);
  await advance(10);
  figures.observe(2, 0, sent);
  await advance(20);
  figures.observe(1, 0, received(200));
  figures.observe(2, 0, received(503));
  figures.observe(2, 0, { kind: "closed", error: null });
  assert.deepEqual([figures.requests.count, figures.requests.maxMs].map(Math.round), [2, 30]);
  assert.equal(Math.round(figures.requests.percentileMs(50)), 20);
  assert.deepEqual(figures.statuses.toJSON(), { "200": 1, "503": 1 });
  assert.equal(figures.requests.takeRecent()?.count, 2);
  assert.equal(figures.requests.takeRecent(), null);
});

test("a threshold holds or not by what was measured; where nothing was, none of times does", () => {
  const figures = createFleetFigures(["a"], createFakeTime().clock);
  const verdicts = (...texts: string[]) =>
    judge(
      texts.map((text) => parseThreshold(text) ?? assert.fail(text)),
      figures,
    ).map(({ value, holds }) => [value, holds]);
  assert.deepEqual(verdicts("p95 < 1s", "session.max < 1s", "faults == 0", "failureRate < 1%"), [
    [null, false],
    [null, false],
    [0, true],
    [0, true],
  ]);
  const phone = figures.groups.get("a")?.phone();
  for (let time = 0; time < 3; time++) phone?.ended(OUTCOME);
  phone?.ended(failed("ACS_TIMEOUT"));
  assert.deepEqual(verdicts("failureRate <= 25%", "failureRate < 25%", "retrying != 1", "sessions >= 4"), [
    [25, true],
    [25, false],
    [1, false],
    [4, true],
  ]);
});

test("a timeline of any length keeps a bounded number of moments, at equal distances", () => {
  const timeline = createTimeline(8);
  for (let atMs = 0; atMs < 100; atMs++) timeline.add({ atMs } as FleetMoment);
  const times = timeline.moments.map(({ atMs }) => atMs);
  assert.ok(times.length <= 8 && times.length >= 4, String(times));
  assert.equal(new Set(times.slice(1).map((atMs, at) => atMs - (times[at] ?? 0))).size, 1, String(times));
});
