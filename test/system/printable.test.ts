import assert from "node:assert/strict";
import { test } from "node:test";
import { printable, printableAll, printableJson, printableLines } from "../../src/system/printable.ts";

test("control characters and turned writing are spelled out, everything else stays", () => {
  assert.equal(
    printable("a\tb\nc\r\u001b[31m\u0085\u2028\u202e\u200f"),
    "a\\tb\\nc\\r\\u001b[31m\\u0085\\u2028\\u202e\\u200f",
  );
  assert.equal(printable("Zürich 東京 \\n 😀"), "Zürich 東京 \\n 😀");
});

test("every text of a value is spelled out, its keys too", () => {
  assert.deepEqual(printableAll({ "a\n": ["b\u001b", { c: "\u202e", d: 1, e: null }] }), {
    "a\\n": ["b\\u001b", { c: "\\u202e", d: 1, e: null }],
  });
});

test("JSON is spelled out without a change of what it says", () => {
  const value = { a: "x\u0085\u2028\u202e\u009b31m\ny" };
  const json = printableJson(JSON.stringify(value, null, 2));
  assert.deepEqual(JSON.parse(json), value);
  assert.doesNotMatch(json, /[\u0085\u2028\u202e\u009b]/);
  assert.equal(json.split("\n").length, 3);
});

test("on a terminal our own colours pass, and no other sequence does", () => {
  assert.equal(printableLines("\u001b[31mred\u001b[39m\tx\n"), "\u001b[31mred\u001b[39m\tx\n");
  assert.equal(
    printableLines("\u001b[8m\u001b]0;title\u0007\u009b2J\r\u202e"),
    "\\u001b[8m\\u001b]0;title\\u0007\\u009b2J\\r\\u202e",
  );
});
