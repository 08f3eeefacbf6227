import assert from "node:assert/strict";
import { test } from "node:test";
import { createSessionLoop } from "../../../src/agent/sessions/session-loop.ts";
import { createFakeTime } from "../../helpers/fake-time.ts";
import { createMemoryLogger } from "../../helpers/memory-logger.ts";
import { seededRandom } from "../../helpers/seeded-random.ts";

function failingLoop(due: () => boolean) {
  const time = createFakeTime({ inMemory: true });
  const log = createMemoryLogger();
  const runs: number[] = [];
  const loop = createSessionLoop({
    scheduler: time.scheduler,
    random: seededRandom(),
    policy: async () => ({ minimumWaitSeconds: 5, intervalMultiplier: 2000 }),
    log,
    run: async () => {
      runs.push(time.clock.monotonic());
      throw new Error("no ACS");
    },
    due: async () => due(),
    afterSession: () => false,
  });
  const announced = () => log.lines.filter(({ message }) => message.startsWith("Trying again in")).length;
  return { time, loop, runs, announced };
}

test("each retry that is announced takes place", async () => {
  const { time, loop, runs, announced } = failingLoop(() => true);
  loop.request();
  await time.advance(0);
  assert.deepEqual([runs.length, announced(), loop.phase], [1, 1, "waiting"]);
  await time.advance(10_000);
  assert.deepEqual([runs.length, announced()], [2, 2]);
  await loop.stop();
});

test("a failed session after which nothing is left to be told announces no retry, and waits for none", async () => {
  const { time, loop, runs, announced } = failingLoop(() => false);
  loop.request();
  await time.advance(60_000);
  assert.deepEqual([runs.length, announced(), loop.phase, loop.retryDueMs], [1, 0, "idle", null]);
  loop.request();
  await time.advance(0);
  assert.equal(runs.length, 2);
});
