import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createPeriodicInform, nextPeriodicMs } from "../../../src/agent/informs/periodic.ts";
import { createSeededRandom } from "../../../src/system/seeded-random.ts";
import { createFakeTime } from "../../helpers/fake-time.ts";

const START = Date.UTC(2026, 0, 1, 12, 0, 0);

function periodic() {
  const time = createFakeTime({ now: START });
  const fired: number[] = [];
  const inform = createPeriodicInform({ ...time, random: createSeededRandom("phase") }, () =>
    fired.push(time.clock.now()),
  );
  return { time, fired, inform };
}

describe("periodic Inform", () => {
  test("C-103 the next one lies a whole number of intervals from the phase, in the past or the future", () => {
    assert.equal(nextPeriodicMs(1000, 1, 0), 2000);
    assert.equal(nextPeriodicMs(1500, 1, 0), 2000);
    assert.equal(nextPeriodicMs(1000, 60, 30_000), 30_000);
    assert.equal(nextPeriodicMs(0, 60, 86_400_000), 60_000);
    assert.equal(nextPeriodicMs(-500, 1, 0), 0);
  });

  test("C-103 it keeps its phase", async () => {
    const { time, fired, inform } = periodic();
    inform.apply({ enabled: true, intervalSeconds: 300, phaseMs: START - 7 * 86_400_000 + 120_000 });
    await time.advance(1_000_000);
    assert.deepEqual(fired, [START + 120_000, START + 420_000, START + 720_000]);
  });

  test("C-104 without a phase it comes within one interval and keeps the interval", async () => {
    const { time, fired, inform } = periodic();
    inform.apply({ enabled: true, intervalSeconds: 600, phaseMs: null });
    await time.advance(3_000_000);
    assert.equal(fired.length, 5);
    assert.ok((fired[0] ?? 0) - START <= 600_000);
    assert.deepEqual(
      fired.slice(1).map((at, index) => at - (fired[index] ?? 0)),
      [600_000, 600_000, 600_000, 600_000],
    );
  });

  test("C-105 a new interval counts at once, and switching off stops it", async () => {
    const { time, fired, inform } = periodic();
    inform.apply({ enabled: true, intervalSeconds: 86_400, phaseMs: START });
    inform.apply({ enabled: true, intervalSeconds: 10, phaseMs: START });
    await time.advance(25_000);
    assert.equal(fired.length, 2);
    inform.apply({ enabled: false, intervalSeconds: 10, phaseMs: START });
    await time.advance(60_000);
    assert.equal(fired.length, 2);
    assert.deepEqual(time.pendingTimers(), []);
  });

  test("applying the same settings again does not move the phase", async () => {
    const { time, fired, inform } = periodic();
    const settings = { enabled: true, intervalSeconds: 100, phaseMs: null };
    inform.apply(settings);
    await time.advance(100_000);
    inform.apply({ ...settings });
    await time.advance(100_000);
    assert.equal((fired[1] ?? 0) - (fired[0] ?? 0), 100_000);
  });

  test("an interval longer than a timer can wait is honoured", async () => {
    const { time, fired, inform } = periodic();
    const intervalSeconds = 4_294_967;
    inform.apply({ enabled: true, intervalSeconds, phaseMs: START });
    await time.advance(intervalSeconds * 1000 - 1);
    assert.equal(fired.length, 0);
    await time.advance(1);
    assert.equal(fired.length, 1);
  });

  const DAY = 86_400_000;
  const YEAR = 365 * DAY;
  for (const [jump, by] of [
    ["a year forwards", YEAR + 17_000],
    ["a year back", -YEAR - 17_000],
    ["ten minutes forwards", 600_000],
    ["ten minutes back", -600_000],
    ["from 1970 to now", START - 10_000],
  ] as const) {
    for (const intervalSeconds of [3, 300, 86_400]) {
      test(`C-103 a clock that is set ${jump}: every ${intervalSeconds} s, on its phase of the new time from then on`, async () => {
        const { time, fired, inform } = periodic();
        if (by === START - 10_000) time.setWallClock(10_000);
        const phaseMs = Date.UTC(2020, 1, 29, 4, 5, 6);
        inform.apply({ enabled: true, intervalSeconds, phaseMs });
        await time.advance(intervalSeconds * 700);
        fired.length = 0;
        time.setWallClock(time.clock.now() + by);
        const first = nextPeriodicMs(time.clock.now(), intervalSeconds, phaseMs);
        assert.equal(inform.nextAt, first);
        await time.advance(first - time.clock.now() + 2 * intervalSeconds * 1000);
        assert.deepEqual(fired, [first, first + intervalSeconds * 1000, first + 2 * intervalSeconds * 1000]);
      });
    }
  }

  test("C-104 without a phase a clock that is set changes nothing: the interval is kept", async () => {
    const { time, fired, inform } = periodic();
    inform.apply({ enabled: true, intervalSeconds: 600, phaseMs: null });
    await time.advance(900_000);
    const started = fired.length;
    for (const at of [START + 365 * 86_400_000, START - 365 * 86_400_000, 0]) {
      time.setWallClock(at);
      await time.advance(600_000);
    }
    assert.equal(fired.length, started + 3);
    assert.ok((inform.nextAt ?? 0) > time.clock.now() && (inform.nextAt ?? 0) <= time.clock.now() + 600_000);
  });
});
