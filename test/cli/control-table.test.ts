import assert from "node:assert/strict";
import { test } from "node:test";
import { durationText, timeText } from "../../src/cli/control/print.ts";
import { table } from "../../src/cli/control/table.ts";

test("columns are aligned by characters, and no line ends with blanks", () => {
  const rows = [
    ["a", "Zürich 東", "x"],
    ["long", "", ""],
    ["b", "y"],
  ];
  assert.equal(table(rows, null), "a     Zürich 東  x\nlong\nb     y\n");
  assert.equal(table([], 80), "");
});

test("on a terminal the widest column goes on in further lines, and nothing is cut", () => {
  const rows = [["Device.LAN.IPAddress", "x".repeat(50), "ok"]];
  const [path, x] = ["Device.LAN.IPAddress", "x".repeat(50)];
  const pieces = (text: string, length: number) => text.match(new RegExp(`.{1,${length}}`, "g")) ?? [];
  for (const [columns, width] of [
    [40, 17],
    [5, 8],
  ] as const) {
    const [left, right] = [pieces(path, width), pieces(x, width)];
    const expected = right.map((text, at) =>
      at === 0 ? `${left[0]}  ${text}  ok` : `${(left[at] ?? "").padEnd(width)}  ${text}`,
    );
    assert.deepEqual(table(rows, columns).trimEnd().split("\n"), expected);
  }
  assert.ok(
    table(rows, 40)
      .split("\n")
      .every((line) => line.length <= 40),
  );
  assert.equal(table(rows, 200), `Device.LAN.IPAddress  ${"x".repeat(50)}  ok\n`);
});

test("durations have two units at most, times are UTC", () => {
  const texts = [-5, 0, 59_400, 60_000, 3_600_000, 7_800_000, 86_400_000, 97_200_000].map(durationText);
  assert.deepEqual(texts, ["0 s", "0 s", "59 s", "1 min", "1 h", "2 h 10 min", "1 d", "1 d 3 h"]);
  assert.equal(timeText(Date.UTC(2026, 4, 1, 12)), "2026-05-01 12:00:00 UTC");
});
