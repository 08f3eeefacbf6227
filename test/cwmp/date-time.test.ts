import assert from "node:assert/strict";
import { test } from "node:test";
import { formatLocalDateTime, parseDateTime } from "../../src/cwmp/date-time.ts";

for (const [text, at] of [
  ["2031-12-24T18:30:00Z", "2031-12-24T18:30:00Z"],
  ["2031-12-24T18:30:00", "2031-12-24T18:30:00Z"],
  [" 2031-12-24T18:30:00.250+01:00 ", "2031-12-24T17:30:00.250Z"],
  ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"],
] as const) {
  test(`${text} is an instant`, () => assert.equal(parseDateTime(text), Date.parse(at)));
}

for (const text of [
  "",
  "-1",
  "0",
  "1",
  "2031",
  "2031-12-24",
  "2001-1",
  "0001-01-01T00:00:00Z",
  "0001-01-03T03:04:05",
  "soon",
]) {
  test(`"${text}" is none`, () => assert.equal(parseDateTime(text), null));
}

test("C-102 before the clock is set the time is unknown", () => {
  assert.equal(formatLocalDateTime(Date.UTC(1970, 0, 1, 0, 10), 60), "0001-01-01T00:00:00Z");
  assert.equal(formatLocalDateTime(Date.UTC(2000, 11, 31, 23, 59), 60), "0001-01-01T00:00:00Z");
  assert.equal(formatLocalDateTime(Date.UTC(2026, 0, 1), -210), "2025-12-31T20:30:00-03:30");
});
