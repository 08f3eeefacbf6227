import assert from "node:assert/strict";
import { test } from "node:test";
import { createSystemClock } from "../../src/system/clock.ts";

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
