import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EVERY_DAY, nextLocalTime } from "../../../src/agent/autop/local-time.ts";
import { parseTimeZone } from "../../../src/agent/autop/time-zone.ts";

const at = (text: string): number => Date.parse(text);
const BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3";

describe("the phone's time zone", () => {
  for (const [zone, instant, minutes] of [
    ["", "2024-07-01T00:00Z", 0],
    ["UTC0", "2024-07-01T00:00Z", 0],
    ["+08:00", "2024-07-01T00:00Z", 480],
    ["-5", "2024-07-01T00:00Z", -300],
    ["05:30", "2024-07-01T00:00Z", 330],
    ["CET-1CEST", "2024-07-01T00:00Z", 60],
    ["<+0330>-3:30", "2024-07-01T00:00Z", 210],
    [BERLIN, "2024-03-31T00:59:59Z", 60],
    [BERLIN, "2024-03-31T01:00:00Z", 120],
    [BERLIN, "2024-10-27T00:59:59Z", 120],
    [BERLIN, "2024-10-27T01:00:00Z", 60],
    ["EST5EDT,M3.2.0,M11.1.0", "2024-03-10T06:59:59Z", -300],
    ["EST5EDT,M3.2.0,M11.1.0", "2024-03-10T07:00:00Z", -240],
    ["AEST-10AEDT,M10.1.0,M4.1.0/3", "2024-01-15T00:00Z", 660],
    ["AEST-10AEDT,M10.1.0,M4.1.0/3", "2024-06-15T00:00Z", 600],
    ["AAA0BBB-2,J60/0,J61/0", "2024-03-01T00:00Z", 120],
    ["AAA0BBB,59/0,60/0", "2024-02-29T00:00Z", 60],
    ["nonsense", "2024-07-01T00:00Z", 0],
  ] as const) {
    test(`${zone || "nothing"} is ${minutes} minutes ahead at ${instant}`, () => {
      assert.equal(parseTimeZone(zone)(at(instant)), minutes);
    });
  }

  test("Berlin agrees with the tables of the system, every six hours of four years", () => {
    const offsetAt = parseTimeZone(BERLIN);
    const parts = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Berlin", hour: "2-digit", hourCycle: "h23" });
    for (let now = at("2023-01-01T00:30Z"); now < at("2027-01-01T00:00Z"); now += 21_600_000) {
      const hour = new Date(now + offsetAt(now) * 60_000).getUTCHours();
      assert.equal(hour, Number(parts.format(now)), new Date(now).toISOString());
    }
  });
});

describe("the next time of the week", () => {
  const next = (after: string, dayOfWeek: number, hour: number, minute: number, zone: string = BERLIN): string =>
    new Date(
      nextLocalTime(at(after), { days: dayOfWeek === 0 ? EVERY_DAY : [dayOfWeek], hour, minute }, parseTimeZone(zone)),
    ).toISOString();

  test("7 is Sunday, 1 is Monday, 0 every day; the instant itself does not count", () => {
    assert.equal(next("2024-05-01T12:00Z", 7, 22, 0), "2024-05-05T20:00:00.000Z");
    assert.equal(next("2024-05-05T20:00Z", 7, 22, 0), "2024-05-12T20:00:00.000Z");
    assert.equal(next("2024-05-05T19:59:59Z", 7, 22, 0), "2024-05-05T20:00:00.000Z");
    assert.equal(next("2024-05-01T12:00Z", 1, 0, 0), "2024-05-05T22:00:00.000Z");
    assert.equal(next("2024-05-01T12:00Z", 0, 14, 30), "2024-05-01T12:30:00.000Z");
    assert.equal(next("2024-05-01T12:00Z", 3, 0, 0, "+14:00"), "2024-05-07T10:00:00.000Z");
  });

  test("summer time keeps the hour; one that it leaves out comes later, one that is there twice comes once", () => {
    assert.equal(next("2024-03-24T21:00Z", 7, 22, 0), "2024-03-31T20:00:00.000Z");
    assert.equal(next("2024-03-30T12:00Z", 0, 2, 30), "2024-03-31T01:30:00.000Z");
    assert.equal(next("2024-10-26T12:00Z", 0, 2, 30), "2024-10-27T00:30:00.000Z");
    assert.equal(next("2024-10-27T00:30:00Z", 0, 2, 30), "2024-10-28T01:30:00.000Z");
  });
});
