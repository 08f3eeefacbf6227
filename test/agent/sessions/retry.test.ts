import assert from "node:assert/strict";
import { test } from "node:test";
import { retryDelayMs, retryRange } from "../../../src/agent/sessions/session-loop.ts";
import { createSeededRandom } from "../../../src/system/seeded-random.ts";

const policy = { minimumWaitSeconds: 5, intervalMultiplier: 2000 };

test("C-108 the default ranges are those of the standard's table, which stops growing at the tenth retry", () => {
  const table = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 500].map((attempt) => retryRange(attempt, policy));
  assert.deepEqual(table, [
    [5, 10],
    [10, 20],
    [20, 40],
    [40, 80],
    [80, 160],
    [160, 320],
    [320, 640],
    [640, 1280],
    [1280, 2560],
    [2560, 5120],
    [2560, 5120],
    [2560, 5120],
  ]);
});

test("C-108 waits are spread over the whole range, never a fixed value", () => {
  const random = createSeededRandom("spread");
  const waits = Array.from({ length: 400 }, () => retryDelayMs(1, policy, random));
  assert.ok(waits.every((wait) => wait >= 5000 && wait <= 10_000));
  assert.ok(Math.min(...waits) < 5200 && Math.max(...waits) > 9800);
  assert.ok(new Set(waits).size > 300);
});

test("C-113 minimum wait and multiplier shape the table", () => {
  assert.deepEqual(retryRange(3, { minimumWaitSeconds: 10, intervalMultiplier: 1000 }), [10, 10]);
  assert.deepEqual(retryRange(2, { minimumWaitSeconds: 1, intervalMultiplier: 3000 }), [3, 9]);
});
