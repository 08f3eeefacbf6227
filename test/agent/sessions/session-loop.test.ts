import assert from "node:assert/strict";
import { test } from "node:test";
import type { RetryPolicy } from "../../../src/agent/core/config.ts";
import { createSessionLoop } from "../../../src/agent/sessions/session-loop.ts";
import { createFakeTime } from "../../helpers/fake-time.ts";
import { createMemoryLogger } from "../../helpers/memory-logger.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";

const POLICY: RetryPolicy = { minimumWaitSeconds: 5, intervalMultiplier: 2000 };

function failingLoop(policy: RetryPolicy | null) {
  const time = createFakeTime({ inMemory: true });
  const log = createMemoryLogger();
  const runs: number[] = [];
  const loop = createSessionLoop({
    scheduler: time.scheduler,
    random: seededRandom(),
    policy: async () => policy,
    log,
    run: async () => {
      runs.push(time.clock.monotonic());
      throw new Error("no ACS");
    },
    afterSession: () => false,
  });
  const announced = () => log.lines.filter(({ message }) => message.startsWith("Trying again in")).length;
  return { time, loop, runs, announced };
}

test("each retry that is announced takes place", async () => {
  const { time, loop, runs, announced } = failingLoop(POLICY);
  loop.request();
  await time.advance(0);
  assert.deepEqual([runs.length, announced(), loop.phase], [1, 1, "waiting"]);
  await time.advance(10_000);
  assert.deepEqual([runs.length, announced()], [2, 2]);
  await loop.stop();
});

test("a failed session after which there is no ACS any more announces no retry, and waits for none", async () => {
  const { time, loop, runs, announced } = failingLoop(null);
  loop.request();
  await time.advance(60_000);
  assert.deepEqual([runs.length, announced(), loop.phase, loop.retryDueMs], [1, 0, "idle", null]);
  loop.request();
  await time.advance(0);
  assert.equal(runs.length, 2);
});
