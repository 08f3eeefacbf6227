/** Pattern facets of XML Schema as regular expressions. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { patternOf } from "../../src/clone/xsd-pattern.ts";

test("patterns match the whole value, any of them, with dollar and caret as they are", () => {
  const pattern = patternOf(["", "([0-9A-F]{2}:){5}[0-9A-F]{2}", "[*+][*+]$^"]);
  for (const [text, matches] of [
    ["", true],
    ["00:11:22:AA:BB:CC", true],
    ["x00:11:22:AA:BB:CC", false],
    ["*+$^", true],
    ["*+", false],
  ] as const)
    assert.equal(pattern?.test(text), matches, text);
});

test("patterns that could take long, or of another language, are none", () => {
  for (const text of [
    "(a+)+b",
    "(a|a){50}b",
    "((a|a){8}){8}b",
    "(a{0,50}){8}b",
    "a*a*a*b",
    "\\p{IsBasicLatin}",
    "\\i\\c*",
    "[a-z-[b]]",
    "(",
  ])
    assert.equal(patternOf([text]), null, text);
});
