import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "../../src/system/nearest.ts";

const KEYS = ["enable", "interval", "passwordFile", "url", "tls"];

test("a slip of the finger finds the key that was meant", () => {
  for (const [word, meant] of [
    ["enabel", "enable"],
    ["intervall", "interval"],
    ["Interval", "interval"],
    ["password_file", "passwordFile"],
    ["ulr", "url"],
    ["ur", "url"],
  ] as const) {
    assert.equal(nearest(word, KEYS), meant, word);
  }
});

test("a word that is like none of the keys finds none", () => {
  for (const word of ["banana", "x", "", "periodic"]) assert.equal(nearest(word, KEYS), null, word);
});
