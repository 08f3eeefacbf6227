import assert from "node:assert/strict";
import { test } from "node:test";
import { createPaint } from "../../src/cli/paint.ts";
import { widthOf, wrapLine, wrapText, wrapWords } from "../../src/cli/wrap.ts";

test("words are broken at blanks, and a longer word where the line ends", () => {
  assert.deepEqual(wrapWords("one two three", 7), ["one two", "three"]);
  assert.deepEqual(wrapWords(`a ${"x".repeat(9)} b`, 4), ["a", "xxxx", "xxxx", "x b"]);
  assert.deepEqual(wrapWords("", 4), []);
});

test("a line that fits stays as it is, and a longer one goes on below its last column", () => {
  const line = "  run  the agent   does one thing after another";
  assert.deepEqual(wrapLine(line, 60), [line]);
  assert.deepEqual(wrapLine(line, 43), ["  run  the agent   does one thing after", `${" ".repeat(19)}another`]);
});

test("nothing is lost, whatever is too long", () => {
  const line = `error: ${"path/".repeat(40)} ${"and why ".repeat(20)}`.trimEnd();
  for (const columns of [30, 60, 80]) {
    const lines = wrapLine(line, columns);
    assert.ok(lines.every((part) => part.length <= columns));
    assert.equal(lines.join("").replace(/\s/g, ""), line.replace(/\s/g, ""));
  }
});

test("colours take no room and are kept", () => {
  const paint = createPaint(true);
  const painted = `${paint.red("one two")} ${paint.green("x".repeat(12))}`;
  const lines = wrapText(painted, 8).split("\n");
  assert.ok(lines.every((line) => widthOf(line) <= 8));
  assert.equal(lines.join("").match(/\u001b\[/g)?.length, 4);
});
