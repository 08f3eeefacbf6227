import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCookieDate, parseSetCookie } from "../../src/net/cookie-text.ts";

const MOMENT = Date.UTC(2031, 10, 9, 8, 49, 37);

for (const text of [
  "Sun, 09 Nov 2031 08:49:37 GMT",
  "Sunday, 09-Nov-31 08:49:37 GMT",
  "Sun Nov  9 08:49:37 2031",
  "9 nov 2031 8:49:37",
  "Sun, 09-Nov-2031 08:49:37 UTC",
  "08:49:37 9 November 2031",
  "2031 Nov 9 08:49:37",
  "Sun, 09 Nov 2031 08:49:37 GMT+2",
  "\t09/NOVEMBER/31;08:49:37",
]) {
  test(`C-014 RFC 6265 5.1.1 reads ${JSON.stringify(text)}`, () => assert.equal(parseCookieDate(text), MOMENT));
}

test("C-014 years of two digits are of 1970 to 2069", () => {
  assert.equal(parseCookieDate("1 Jan 70 00:00:00"), 0);
  assert.equal(parseCookieDate("1 Jan 99 00:00:00"), Date.UTC(1999, 0, 1));
  assert.equal(parseCookieDate("1 Jan 69 00:00:00"), Date.UTC(2069, 0, 1));
  assert.equal(parseCookieDate("1 Jan 00 00:00:00"), Date.UTC(2000, 0, 1));
});

for (const text of [
  "",
  "tomorrow",
  "Sun, 09 Nov 2031",
  "2031-11-09T08:49:37Z",
  "31 Feb 2031 08:49:37",
  "32 Nov 2031 08:49:37",
  "9 Nov 2031 24:00:00",
  "9 Nov 2031 08:60:00",
  "9 Nov 1600 08:49:37",
  "9 Nov 110 08:49:37",
]) {
  test(`C-014 ${JSON.stringify(text)} is no date`, () => assert.equal(parseCookieDate(text), null));
}

test("C-014 the last of several attributes counts, in any case and with blanks", () => {
  assert.deepEqual(parseSetCookie(" id = a=b ; PATH=/x ; path = /y; Max-Age=5;max-age= 7 ;SECURE; HttpOnly"), {
    name: "id",
    value: "a=b",
    path: "/y",
    maxAge: 7,
    expires: null,
    secure: true,
  });
});

test("C-014 an invalid attribute is as if it were not there", () => {
  const { path, maxAge, expires } = parseSetCookie("a=1; Max-Age=1h; Max-Age=+5; Expires=soon; Path=x; ;=;") ?? {};
  assert.deepEqual([path, maxAge, expires], [null, null, null]);
});

for (const line of ["", "nameless", "=x", " =x; Path=/", "a\u0000=1", "a=1\u001f"]) {
  test(`C-014 ${JSON.stringify(line)} is no cookie`, () => assert.equal(parseSetCookie(line), null));
}
