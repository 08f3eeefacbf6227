import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createScheduler } from "../../src/system/scheduler.ts";

const DAY_MS = 86_400_000;

/** The scheduler on the timers of node:test: time passes only by `tick`. */
function mockedScheduler(t: TestContext) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const errors: string[] = [];
  let monotonicMs = 0;
  const clock = { now: () => monotonicMs, monotonic: () => monotonicMs, offsetMinutes: () => 0, onSet: () => () => {} };
  const scheduler = createScheduler(clock, (error, name) => errors.push(`${name}: ${error}`));
  const tick = (ms: number) => {
    monotonicMs += ms;
    t.mock.timers.tick(ms);
  };
  return { scheduler, errors, tick };
}

test("a timer runs once, when its delay has passed", (t) => {
  const { scheduler, tick } = mockedScheduler(t);
  let runs = 0;
  const timer = scheduler.after(1_000, "periodic", () => runs++);
  assert.deepEqual([timer.name, timer.dueMs], ["periodic", 1_000]);
  tick(999);
  assert.equal(runs, 0);
  tick(1);
  tick(5_000);
  assert.equal(runs, 1);
});

test("a delay of 100 days does not fire early", (t) => {
  const { scheduler, tick } = mockedScheduler(t);
  let runs = 0;
  scheduler.after(100 * DAY_MS, "scheduled inform", () => runs++);
  for (let day = 1; day < 100; day++) tick(DAY_MS);
  assert.equal(runs, 0);
  tick(DAY_MS);
  assert.equal(runs, 1);
});

test("waits of any length end when they should, and thousands of lengths are few to Node", (t) => {
  const { scheduler, tick } = mockedScheduler(t);
  const lengths = new Set<number | undefined>();
  const wait = globalThis.setTimeout as (...all: unknown[]) => NodeJS.Timeout;
  t.mock.method(globalThis, "setTimeout", (run: () => void, ms: number, timer: unknown) => {
    lengths.add(ms);
    return wait(run, ms, timer);
  });
  const late: number[] = [];
  let now = 0;
  for (let ms = 24_000; ms < 30_000; ms++) scheduler.after(ms, "keep-alive", () => void late.push(now - ms));
  assert.equal(lengths.size, 6);
  while (now < 31_000) {
    now++;
    tick(1);
  }
  assert.equal(late.length, 6_000);
  assert.deepEqual([...new Set(late)], [0]);
});

test("a cancelled timer never runs, even in the second of its waits", (t) => {
  const { scheduler, tick } = mockedScheduler(t);
  let runs = 0;
  const timer = scheduler.after(40 * DAY_MS, "scheduled inform", () => runs++);
  for (let day = 0; day < 30; day++) tick(DAY_MS);
  timer.cancel();
  for (let day = 0; day < 30; day++) tick(DAY_MS);
  assert.equal(runs, 0);
});

test("a callback that throws or rejects is reported by its timer's name", async (t) => {
  const { scheduler, errors, tick } = mockedScheduler(t);
  scheduler.after(1, "retry", () => {
    throw new Error("broken");
  });
  scheduler.after(1, "save", async () => {
    throw new Error("full");
  });
  tick(1);
  await Promise.resolve();
  assert.deepEqual(errors, ["retry: Error: broken", "save: Error: full"]);
});

test("a delay that is not a number is a mistake of the caller, a negative one means now", (t) => {
  const { scheduler, tick } = mockedScheduler(t);
  let runs = 0;
  assert.throws(() => scheduler.after(Number.NaN, "periodic", () => runs++), /"periodic" is not a number/);
  scheduler.after(-5, "periodic", () => runs++);
  tick(1);
  assert.equal(runs, 1);
});
