import assert from "node:assert/strict";
import test from "node:test";
import { type AttemptPolicy, createFailedAttempts } from "../../src/system/failed-attempts.ts";
import { createFakeTime } from "../helpers/fake-time.ts";

const POLICY: AttemptPolicy = {
  free: 2,
  firstWaitMs: 1000,
  maxWaitMs: 4000,
  whole: { count: 5, eachMs: 10_000 },
};

function made() {
  const time = createFakeTime({ inMemory: true });
  return { time, attempts: createFailedAttempts(time.clock, POLICY) };
}

test("a source waits longer with each failure beyond the free ones, and another does not", async () => {
  const { time, attempts } = made();
  const waits = [];
  for (let failure = 0; failure < 5; failure++) {
    waits.push(attempts.waitMs("a"));
    attempts.failed("a");
    await time.advance(10_000);
  }
  assert.deepEqual(waits, [0, 0, 0, 0, 0]);
  attempts.failed("a");
  assert.equal(attempts.waitMs("a"), 4000);
  assert.equal(attempts.waitMs("b"), 0);
});

test("behind the sources stands a budget for all, which fills slowly", async () => {
  const { time, attempts } = made();
  for (let source = 0; source < 5; source++) attempts.failed(`source ${source}`);
  assert.equal(attempts.waitMs("another"), 10_000);
  await time.advance(9999);
  assert.equal(attempts.waitMs("another"), 1);
  await time.advance(1);
  assert.equal(attempts.waitMs("another"), 0);
  attempts.failed("another");
  assert.equal(attempts.waitMs("one more"), 10_000);
});

test("who has got in before does not wait for the failures of others, only for its own", () => {
  const { attempts } = made();
  attempts.succeeded("acs");
  for (let source = 0; source < 50; source++) attempts.failed(`source ${source}`);
  assert.equal(attempts.waitMs("acs"), 0);
  attempts.failed("acs");
  attempts.failed("acs");
  assert.equal(attempts.waitMs("acs"), 1000);
});

test("an hour without a failure forgets the earlier ones", async () => {
  const { time, attempts } = made();
  for (let failure = 0; failure < 4; failure++) attempts.failed("a");
  assert.equal(attempts.waitMs("a"), 4000);
  await time.advance(3_600_000);
  attempts.failed("a");
  assert.equal(attempts.waitMs("a"), 0);
});

test("a flood from many sources costs bounded memory, and the oldest are forgotten first", () => {
  const { clock } = createFakeTime({ inMemory: true });
  const attempts = createFailedAttempts(clock, { ...POLICY, whole: { count: 1e6, eachMs: 1 } });
  for (let failure = 0; failure < 2; failure++) attempts.failed("first");
  for (let source = 0; source < 999; source++) attempts.failed(`source ${source}`);
  assert.equal(attempts.waitMs("first"), 1000);
  attempts.failed("one more");
  assert.equal(attempts.waitMs("first"), 0, "1000 are kept");
});
