import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { createFakeTime } from "./fake-time.ts";

test("timers run in order of time, each at its own instant, and chains between them settle", async () => {
  const time = createFakeTime({ now: 1_000 });
  const seen: string[] = [];
  const note = (name: string) => async () => {
    await Promise.resolve();
    seen.push(`${name}@${time.clock.now()}`);
  };
  time.scheduler.after(300, "late", note("late"));
  time.scheduler.after(100, "early", () => void time.scheduler.after(50, "chained", note("chained")));
  await time.advance(200);
  assert.deepEqual(seen, ["chained@1150"]);
  assert.deepEqual(time.pendingTimers(), [{ name: "late", dueMs: 300 }]);
  await time.advance(100);
  assert.deepEqual(seen, ["chained@1150", "late@1300"]);
});

test("file access settles before time goes on", async () => {
  const time = createFakeTime();
  let readAtMs = -1;
  time.scheduler.after(10, "read", async () => {
    await readFile(import.meta.filename);
    readAtMs = time.clock.monotonic();
  });
  time.scheduler.after(20, "other", () => {});
  await time.advance(20);
  assert.equal(readAtMs, 10);
});

test("runUntil pushes time until the promise settles, and gives up at the limit", async () => {
  const time = createFakeTime();
  const waited = new Promise<string>((resolve) => {
    time.scheduler.after(5_000, "answer", () => resolve("answered"));
  });
  assert.equal(await time.runUntil(waited), "answered");
  assert.equal(time.clock.monotonic(), 5_000);
  time.scheduler.after(10_000, "never mind", () => {});
  await assert.rejects(
    time.runUntil(new Promise(() => {}), 1_000),
    /not settled after 1000 ms; next timer: never mind/,
  );
});

test("wall time jumps without a timer noticing", async () => {
  const time = createFakeTime({ now: 0 });
  let ran = false;
  time.scheduler.after(100, "periodic", () => {
    ran = true;
  });
  time.setWallClock(1_000_000);
  assert.equal(time.clock.now(), 1_000_000);
  await time.advance(99);
  assert.equal(ran, false);
  await time.advance(1);
  assert.ok(ran);
});
