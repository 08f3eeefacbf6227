import assert from "node:assert/strict";
import { test } from "node:test";
import { createPace } from "../../src/fleet/pace.ts";
import { startRamp } from "../../src/fleet/ramp.ts";
import { createFakeTime } from "../helpers/fake-time.ts";

const CALM = { p95: 3, unavailable: 0, unanswered: 0 };

test("phones are started at half the rate while the ACS answers 503, is slow or does not answer, and says so", () => {
  for (const [trouble, words] of [
    [{ ...CALM, unavailable: 2 }, /answers 503 \(2 in a second\)/],
    [{ ...CALM, p95: 1001 }, /is slow \(95 % within 1001 ms\)/],
    [{ ...CALM, unanswered: 7 }, /does not answer \(7 sessions in a second\)/],
  ] as const) {
    const pace = createPace({ rate: 40, slowLatencyMs: 1000 });
    assert.equal(pace.observe(CALM), null);
    assert.match(pace.observe(trouble) ?? "", words);
    assert.equal(pace.rate, 20);
  }
});

test("it gets no slower than a 64th, and doubles with every five seconds without trouble up to what was asked", () => {
  const pace = createPace({ rate: 64, slowLatencyMs: 1000 });
  for (let second = 0; second < 10; second++) pace.observe({ ...CALM, unavailable: 1 });
  assert.equal(pace.rate, 1);
  const rates = Array.from({ length: 40 }, () => {
    pace.observe({ ...CALM, p95: null });
    return pace.rate;
  });
  assert.deepEqual([...new Set(rates)], [1, 2, 4, 8, 16, 32, 64]);
  assert.deepEqual([rates[3], rates[4]], [1, 2]);
});

test("a ramp starts as many as its rate says, also where that changes", async () => {
  const { clock, scheduler, advance } = createFakeTime();
  let rate = 10;
  let started = 0;
  const stop = startRamp({ clock, scheduler, rate: () => rate, next: () => ++started > 0 });
  assert.equal(started, 1);
  await advance(10_000);
  assert.equal(started, 101);
  rate = 0.5;
  await advance(10_000);
  assert.equal(started, 106);
  stop();
  await advance(10_000);
  assert.equal(started, 106);
});

test("a ramp ends with the last phone", async () => {
  const { clock, scheduler, advance, pendingTimers } = createFakeTime();
  let left = 25;
  startRamp({ clock, scheduler, rate: () => 100, next: () => left-- > 0 });
  await advance(1000);
  assert.equal(left, -1);
  assert.deepEqual(pendingTimers(), []);
});
