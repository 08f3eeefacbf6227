import assert from "node:assert/strict";
import { test } from "node:test";
import type { Random } from "../../src/ports/random.ts";
import { createSeededRandom } from "../../src/system/seeded-random.ts";
import { createSystemRandom } from "../../src/system/system-random.ts";

const draw = (random: Random, count: number) => Array.from({ length: count }, () => random.between(0, 1));

test("the same seed gives the same numbers, another seed gives others", () => {
  const first = createSeededRandom("fleet/17");
  const again = createSeededRandom("fleet/17");
  assert.deepEqual(draw(first, 50), draw(again, 50));
  assert.deepEqual(first.bytes(16), again.bytes(16));
  assert.notDeepEqual(draw(createSeededRandom("fleet/18"), 50), draw(createSeededRandom("fleet/17"), 50));
});

test("the seeded numbers are the same for ever, on every machine", () => {
  const random = createSeededRandom(1);
  assert.deepEqual(
    Array.from({ length: 4 }, () => Math.floor(random.between(0, 1_000_000))),
    [307_821, 768_870, 40_108, 17_451],
  );
});

for (const [name, random] of [
  ["system", createSystemRandom()],
  ["seeded", createSeededRandom("spread")],
] as const) {
  test(`${name} randomness is spread evenly and stays below the upper end`, () => {
    const buckets = new Array<number>(10).fill(0);
    for (let count = 0; count < 20_000; count++) {
      const value = random.between(5, 15);
      assert.ok(value >= 5 && value < 15);
      const bucket = Math.floor(value) - 5;
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    for (const count of buckets) assert.ok(count > 1_700 && count < 2_300, `uneven: ${buckets.join(" ")}`);
  });

  test(`${name} randomness gives as many bytes as asked for, each time others`, () => {
    const [one, other] = [random.bytes(16), random.bytes(16)];
    assert.deepEqual([one.length, other.length], [16, 16]);
    assert.notDeepEqual(one, other);
  });
}

test("no byte of the system is handed out twice, across the ends of what is asked of the host at a time and beyond it", () => {
  const random = createSystemRandom();
  const seen = new Set<string>();
  for (let count = 0; count < 3_000; count++) {
    const bytes = random.bytes(count % 7 === 0 ? 24 : 12);
    seen.add(Buffer.from(bytes).toString("hex"));
    bytes.fill(0);
  }
  assert.equal(seen.size, 3_000);
  for (const length of [0, 4_095, 4_096, 4_097, 10_000]) {
    const bytes = random.bytes(length);
    assert.equal(bytes.length, length);
    assert.ok(length === 0 || new Set(bytes).size > 200);
  }
});
