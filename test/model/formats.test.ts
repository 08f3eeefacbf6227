import assert from "node:assert/strict";
import { test } from "node:test";
import { FORMATS } from "../../src/model/formats.ts";

test("every format allows the empty text: no value", () => {
  for (const [name, { pattern, allowed }] of Object.entries(FORMATS)) {
    assert.ok(pattern.test(""), name);
    assert.match(allowed, /or empty$/, name);
  }
});
