import assert from "node:assert/strict";
import { test } from "node:test";
import { FORMATS } from "../../src/model/formats.ts";

test("every format allows the empty text: no value", () => {
  for (const [name, { pattern, allowed }] of Object.entries(FORMATS)) {
    assert.ok(pattern.test(""), name);
    assert.match(allowed, /or empty$/, name);
  }
});

test("what is usual is allowed", () => {
  const { pattern, usual } = FORMATS.ipAddress ?? { pattern: /^/, usual: undefined };
  for (const address of ["192.0.2.1", "0.0.0.0", "255.255.255.255"]) {
    assert.ok(pattern.test(address), address);
    assert.ok(usual?.test(address), address);
  }
  for (const text of ["256.0.0.1", "1.2.3", "1.2.3.4 ", "01.2.3.4", ""]) assert.ok(!usual?.test(text), text);
  const zone = FORMATS.timeZone;
  for (const text of ["UTC0", "+08:00", "-03:30", "+14:00"]) {
    assert.ok(zone?.usual?.test(text), text);
    assert.ok(zone?.pattern.test(text), text);
  }
  for (const text of ["CET-1CEST", "+15:00", "+8", "UTC0 ", ""]) assert.ok(!zone?.usual?.test(text), text);
});
