import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EVERY_DAY, nextLocalTime } from "../../src/agent/autop/local-time.ts";
import { type OffsetAt, parseTimeZone, plainTimeZone, timeZoneName } from "../../src/cwmp/time-zone.ts";

const at = (text: string): number => Date.parse(text);
const BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3";

function zoneOf(text: string): OffsetAt {
  return parseTimeZone(text) ?? assert.fail(`${text} is not a time zone`);
}

describe("the phone's time zone", () => {
  for (const [zone, instant, minutes] of [
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
    ["GMT+3:00", "2024-07-01T00:00Z", 180],
    ["GMT-5:00", "2024-07-01T00:00Z", -300],
    ["GMT+05:30", "2024-07-01T00:00Z", 330],
    ["utc+8", "2024-07-01T00:00Z", 480],
    ["GMT0", "2024-07-01T00:00Z", 0],
    ["MSK+3", "2024-07-01T00:00Z", -180],
    ["GMT0BST,M3.5.0/1,M10.5.0", "2024-07-01T00:00Z", 60],
    ["EST+5 EDT,M4.1.0/2,M10.5.0/2", "2024-07-01T00:00Z", -240],
    ["EST+5 EDT,M4.1.0/2,M10.5.0/2", "2024-01-01T00:00Z", -300],
    ["<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "2024-07-01T00:00Z", -120],
  ] as const) {
    test(`${zone} is ${minutes} minutes ahead at ${instant}`, () => {
      assert.equal(zoneOf(zone)(at(instant)), minutes);
    });
  }

  for (const text of [
    "",
    "nonsense",
    "Europe/Berlin",
    "GMT+25:00",
    "CET-25",
    "CET-1CEST,M13.1.0,M10.5.0",
    "CET-1CEST,J0,J9",
  ]) {
    test(`"${text}" is none`, () => {
      assert.equal(parseTimeZone(text), null);
      assert.equal(timeZoneName(text), "");
    });
  }

  for (const [zone, plain, name] of [
    ["-5", "-05:00", "United States-Eastern Time"],
    ["+03:00", "+03:00", "Russia(Moscow)"],
    ["GMT+3:00", "+03:00", "Moscow"],
    ["+05:30", "+05:30", "IST"],
    ["8", "+08:00", "GMT+08:00"],
    ["UTC-3:30", "-03:30", "GMT-03:30"],
    ["UTC0", "UTC0", "UTC"],
    [BERLIN, BERLIN, "CET"],
    ["<+0330>-3:30", "<+0330>-3:30", "+0330"],
    ["EST+5 EDT,M4.1.0/2,M10.5.0/2", "EST+5EDT,M4.1.0/2,M10.5.0/2", "EST"],
  ] as const) {
    test(`${zone} is ${plain} to other programs, and ${name} in the phone's menu`, () => {
      assert.deepEqual([plainTimeZone(zone), timeZoneName(zone)], [plain, name]);
      const instant = at("2024-07-01T00:00Z");
      assert.equal(zoneOf(plain)(instant), zoneOf(zone)(instant));
    });
  }

  test("Berlin agrees with the tables of the system, every six hours of four years", () => {
    const offsetAt = zoneOf(BERLIN);
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
      nextLocalTime(at(after), { days: dayOfWeek === 0 ? EVERY_DAY : [dayOfWeek], hour, minute }, zoneOf(zone)),
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
