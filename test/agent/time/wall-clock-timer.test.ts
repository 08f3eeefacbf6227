import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EVERY_DAY, nextLocalTime } from "../../../src/agent/autop/local-time.ts";
import { startWallClockTimer } from "../../../src/agent/time/wall-clock-timer.ts";
import { createFakeTime, type FakeTime } from "../../helpers/fake-time.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Fixture {
  readonly time: FakeTime;
  /** Wall times of the calls. */
  readonly runs: readonly string[];
  cancel(): void;
}

/** Every day at 22:00 UTC. */
function daily(now: string): Fixture {
  const time = createFakeTime({ now: Date.parse(now), inMemory: true });
  const runs: string[] = [];
  const when = { days: EVERY_DAY, hour: 22, minute: 0 };
  const timer = startWallClockTimer({
    ...time,
    name: "daily",
    next: (after) => nextLocalTime(after, when, () => 0),
    lateLimitMs: HOUR,
    jumpLimitMs: HOUR,
    run: () => runs.push(new Date(time.clock.now()).toISOString().slice(0, 19)),
  });
  return { time, runs, cancel: () => timer.cancel() };
}

describe("a timer of the wall clock", () => {
  test("fires to the second, day after day, until it is cancelled", async () => {
    const { time, runs, cancel } = daily("2024-05-01T12:00:30Z");
    await time.advance(36 * HOUR);
    assert.deepEqual(runs, ["2024-05-01T22:00:00", "2024-05-02T22:00:00"].slice(0, runs.length));
    assert.equal(runs.length, 2);
    cancel();
    await time.advance(48 * HOUR);
    assert.equal(runs.length, 2);
    assert.deepEqual(time.pendingTimers(), []);
  });

  test("a clock that is put a little beyond the time makes it late, not left out", async () => {
    const { time, runs } = daily("2024-05-01T21:50:00Z");
    await time.advance(5 * MINUTE);
    time.setWallClock(Date.parse("2024-05-01T22:15:00Z"));
    assert.deepEqual(runs, ["2024-05-01T22:15:00"], "at once");
    await time.advance(20 * HOUR);
    assert.equal(runs.length, 1);
  });

  test("a clock that is put far beyond it makes it left out", async () => {
    const { time, runs } = daily("1970-01-01T00:00:00Z");
    time.setWallClock(Date.parse("2024-05-01T12:00:00Z"));
    await time.advance(9 * HOUR);
    assert.deepEqual(runs, []);
    await time.advance(2 * HOUR);
    assert.deepEqual(runs, ["2024-05-01T22:00:00"]);
  });

  test("a time that has come since the last look, by a clock that is put right after it, runs at once", async () => {
    const { time, runs } = daily("1970-01-01T00:00:00Z");
    await time.advance(10 * MINUTE);
    time.setWallClock(Date.parse("2024-05-01T22:05:00Z"));
    assert.deepEqual(runs, ["2024-05-01T22:05:00"]);
    await time.advance(24 * HOUR);
    assert.deepEqual(runs.slice(1), ["2024-05-02T22:00:00"]);
  });

  test("a clock that is put back makes the earlier time count, to the second", async () => {
    const { time, runs } = daily("2024-05-08T12:00:30Z");
    await time.advance(MINUTE);
    time.setWallClock(Date.parse("2024-05-01T12:00:10Z"));
    await time.advance(12 * HOUR);
    assert.deepEqual(runs, ["2024-05-01T22:00:00"]);
  });
});
