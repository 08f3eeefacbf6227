import assert from "node:assert/strict";
import test from "node:test";
import { createRefusalLog } from "../../src/connection-request/refusal-log.ts";
import { createFakeTime } from "../helpers/fake-time.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";

test("the first refusal is told at once, later ones once a minute, and after a quiet minute at once again", async () => {
  const time = createFakeTime();
  const log = createMemoryLogger();
  const refusals = createRefusalLog(time.scheduler, log);
  refusals.add("wrong credentials", "192.0.2.7");
  assert.deepEqual(log.at("warn")[0]?.fields, { from: "192.0.2.7", reason: "wrong credentials" });
  refusals.add("wrong credentials", "192.0.2.7");
  refusals.add("no such path", "192.0.2.8");
  assert.equal(log.lines.length, 1);
  await time.advance(60_000);
  assert.deepEqual(log.at("warn")[1]?.fields, { refused: { "wrong credentials": 1, "no such path": 1 } });
  await time.advance(60_000);
  assert.deepEqual(time.pendingTimers(), [], "nothing is left running in quiet times");
  refusals.add("no such path", "192.0.2.9");
  assert.equal(log.lines.length, 3);
});

test("closing tells what was left and ends the timer", () => {
  const time = createFakeTime();
  const log = createMemoryLogger();
  const refusals = createRefusalLog(time.scheduler, log);
  refusals.add("too many requests", undefined);
  refusals.add("too many requests", undefined);
  refusals.close();
  assert.deepEqual(log.at("warn")[1]?.fields, { refused: { "too many requests": 1 } });
  assert.deepEqual(time.pendingTimers(), []);
});
