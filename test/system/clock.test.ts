import assert from "node:assert/strict";
import { test } from "node:test";
import { createSystemClock, watchSettings } from "../../src/system/clock.ts";

// A process of its own: its zone is set.
/** Runs with the zone of the process set. */
function offsetIn(zone: string, at: number): number {
  process.env.TZ = zone;
  return createSystemClock().offsetMinutes(at);
}

test("the offset from UTC counts eastward and knows daylight saving", () => {
  const january = Date.UTC(2024, 0, 15);
  const july = Date.UTC(2024, 6, 15);
  assert.equal(offsetIn("Europe/Berlin", january), 60);
  assert.equal(offsetIn("Europe/Berlin", july), 120);
  assert.equal(offsetIn("America/St_Johns", january), -210);
  assert.equal(offsetIn("UTC", january), 0);
});

test("monotonic time does not go back", () => {
  const clock = createSystemClock();
  const before = clock.monotonic();
  assert.ok(clock.monotonic() >= before);
});

test("listeners hear of a clock that is set, not of one that drifts, and no timer is left without them", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const time = { wallMs: 1_000, monotonicMs: 0 };
  const onSet = watchSettings({ now: () => time.wallMs, monotonic: () => time.monotonicMs });
  const heard: string[] = [];
  const count = (): number => heard.length;
  const pass = (ms: number, wallMs = ms): void => {
    time.monotonicMs += ms;
    time.wallMs += wallMs;
    t.mock.timers.tick(ms);
  };
  const [first, second] = [onSet(() => heard.push("first")), onSet(() => heard.push("second"))];
  pass(5_000);
  pass(5_000, 5_100);
  assert.equal(heard.join(), "");
  pass(5_000, 31_536_000_000);
  assert.equal(heard.join(), "first,second");
  first();
  pass(5_000, -31_536_000_000);
  assert.equal(heard.join(), "first,second,second");
  second();
  pass(5_000, 0);
  const third = onSet(() => heard.push("third"));
  pass(5_000);
  assert.equal(count(), 3, "what was set while nobody listened is no news");
  third();
});
