/** How a fleet ends, in virtual time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type VirtualFleet, virtualFleet } from "../helpers/virtual-fleet.ts";

const STEP_MS = 100;

/** Stops it, and answers how long that took and how many phones were left. */
async function stop({ fleet, advance }: VirtualFleet): Promise<{ readonly tookMs: number; readonly left: number }> {
  const fromMs = fleet.elapsedMs;
  let left: number | null = null;
  void fleet.stop().then((count) => {
    left = count;
  });
  for (let step = 0; left === null && step < 1000; step++) await advance(STEP_MS);
  return { tookMs: fleet.elapsedMs - fromMs, left: left ?? assert.fail("it does not end") };
}

async function fleetAt(answerMs: number, values: object): Promise<VirtualFleet> {
  const world = await virtualFleet({ seed: "s", ramp: { perSecond: 1000 }, groups: [{ count: 30 }], ...values });
  world.setAnswerMs(answerMs);
  await world.advance(1000);
  return world;
}

test("sessions that are open at the end go on, and those that wait for their turn do not begin", async () => {
  // A session takes two answers.
  const world = await fleetAt(3000, { openSessions: 10, drainSeconds: 60 });
  const { sessions: before, open, waiting } = world.fleet.moment();
  assert.deepEqual([open, waiting], [10, 20 - before]);
  const { tookMs, left } = await stop(world);
  const { sessions, failures } = world.fleet.figures.counts();
  assert.deepEqual([left, sessions, failures, world.arrivals.length], [0, before + 10, 0, before + 10]);
  assert.ok(tookMs <= 6000 + STEP_MS, String(tookMs));
});

test("sessions that do not end within the time that is given are broken off", async () => {
  const world = await fleetAt(3_600_000, { openSessions: 10, drainSeconds: 7 });
  const { sessions: before } = world.fleet.figures.counts();
  const { tookMs, left } = await stop(world);
  assert.deepEqual([left, world.fleet.figures.counts().sessions], [0, before]);
  assert.ok(tookMs >= 7000 && tookMs <= 7000 + STEP_MS, String(tookMs));
});

test("a fleet without open sessions ends at once", async () => {
  const world = await fleetAt(0, {});
  assert.deepEqual(await stop(world), { tookMs: STEP_MS, left: 0 });
});

test("phones that cannot be closed, as their disk hangs, are left after ten seconds", async () => {
  const world = await fleetAt(3_600_000, { openSessions: 10, drainSeconds: 0 });
  world.hangDisk();
  const { tookMs, left } = await stop(world);
  assert.ok(left > 0 && left <= 30, String(left));
  assert.ok(tookMs >= 10_000 && tookMs <= 10_000 + STEP_MS, String(tookMs));
});
