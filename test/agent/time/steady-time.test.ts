import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openSteadyTime, type SteadyTime } from "../../../src/agent/time/steady-time.ts";
import type { StateStore } from "../../../src/ports/state-store.ts";
import { createMemoryStateStore } from "../../../src/storage/memory-state-store.ts";
import { durableState } from "../../helpers/durable-state.ts";
import { createFakeTime, type FakeTime } from "../../helpers/fake-time.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOON = "2026-11-30T12:00:00Z";

interface Start {
  readonly time: FakeTime;
  readonly steady: SteadyTime;
}

async function start(store: StateStore, now: string): Promise<Start> {
  const time = createFakeTime({ now: Date.parse(now), inMemory: true });
  return { time, steady: await openSteadyTime({ ...time, state: durableState(store) }) };
}

/** Minutes of steady time that have passed since `from`. */
function passed({ steady }: Start, from: number): number {
  return Math.round((steady.now() - from) / MINUTE);
}

describe("steady time", () => {
  for (const [what, now] of [
    ["a year forwards", "2027-11-30T12:10:00Z"],
    ["a year back", "2025-11-30T12:10:00Z"],
    ["to 1970", "1970-01-01T00:00:00Z"],
  ] as const) {
    test(`a clock that is set ${what} moves it by nothing, nor does a restart after that`, async () => {
      const store = createMemoryStateStore();
      const first = await start(store, NOON);
      const from = first.steady.now();
      first.steady.at(from + HOUR, "a delay", () => {});
      await first.time.advance(10 * MINUTE);
      first.time.setWallClock(Date.parse(now));
      assert.equal(passed(first, from), 10);
      await first.time.advance(5 * MINUTE);
      await first.steady.note();
      const again = await start(store, new Date(first.time.clock.now()).toISOString());
      const found = passed(again, from);
      assert.ok(found <= 15 && found >= (now < "2015" ? 0 : 15), `${found} minutes`);
    });
  }

  /** The power is cut at 12:10, after a note at the start of the delay at 12:00. */
  for (const [what, boot, set, minutes] of [
    ["a clock that went on", "2026-11-30T12:30:00Z", null, 30],
    ["one that starts in 1970 and is never set", "1970-01-01T00:00:00Z", null, 0],
    ["one that starts in 1970 and is set right after ten minutes", "1970-01-01T00:00:00Z", "2026-11-30T12:40:00Z", 40],
    [
      "one that starts with the day of its firmware and is set right",
      "2025-01-01T00:00:00Z",
      "2026-11-30T12:40:00Z",
      40,
    ],
    ["one that starts in 1970 and is set to a wrong year before", "1970-01-01T00:00:00Z", "2025-11-30T12:40:00Z", 10],
    ["one that was set back by a minute while it was off", "2026-11-30T11:59:00Z", null, 0],
  ] as const) {
    test(`over a power cut with ${what}: what is known to have passed counts`, async () => {
      const store = createMemoryStateStore();
      const first = await start(store, NOON);
      const from = first.steady.now();
      await first.steady.note();
      const again = await start(store, boot);
      if (set !== null) {
        await again.time.advance(10 * MINUTE);
        again.time.setWallClock(Date.parse(set));
      }
      assert.equal(passed(again, from), minutes);
    });
  }

  test("power cuts again and again under a clock that is never set: notes on the way make it end", async () => {
    const store = createMemoryStateStore();
    let from: number | null = null;
    for (let cut = 0; cut < 4; cut++) {
      const now = await start(store, "1970-01-01T00:00:00Z");
      from ??= now.steady.now();
      now.steady.at(from + 10 * HOUR, "a delay", () => {});
      await now.time.advance(25 * MINUTE);
    }
    assert.ok(passed(await start(store, "1970-01-01T00:00:00Z"), from ?? 0) >= 80);
  });

  test("what turns out to be due when the clock is set runs at once, and once", async () => {
    const store = createMemoryStateStore();
    const first = await start(store, NOON);
    const due = first.steady.now() + HOUR;
    await first.steady.note();
    const again = await start(store, "1970-01-01T00:00:00Z");
    let runs = 0;
    again.steady.at(due, "a delay", () => runs++);
    const cancelled = again.steady.at(due, "another", () => assert.fail("it was cancelled"));
    cancelled.cancel();
    await again.time.advance(MINUTE);
    again.time.setWallClock(Date.parse("2026-12-24T00:00:00Z"));
    await again.time.advance(0);
    assert.equal(runs, 1);
    await again.time.advance(2 * HOUR);
    assert.equal(runs, 1);
    again.steady.stop();
    assert.deepEqual(again.time.pendingTimers(), []);
  });

  test("a clock that is nowhere near what was noted is taken at its word after an hour", async () => {
    const store = createMemoryStateStore();
    const first = await start(store, "2036-01-01T00:00:00Z");
    await first.steady.note();
    const second = await start(store, NOON);
    const from = second.steady.now();
    second.steady.at(from + 24 * HOUR, "a delay", () => {});
    await second.time.advance(2 * HOUR);
    const third = await start(store, "2026-11-30T15:00:00Z");
    assert.equal(passed(third, from), 180);
  });

  test("something that was kept shows that it is later than noted", async () => {
    const { steady } = await start(createMemoryStateStore(), "1970-01-01T00:00:00Z");
    steady.atLeast(Date.parse(NOON));
    assert.equal(steady.now(), Date.parse(NOON));
    steady.atLeast(0);
    assert.equal(steady.now(), Date.parse(NOON));
  });
});
