import assert from "node:assert/strict";
import { test } from "node:test";
import { SerialQueue } from "../../src/durable/serial-queue.ts";

test("work is done in the order it was asked for, one piece at a time", async () => {
  const queue = new SerialQueue();
  const steps: string[] = [];
  const work = (name: string) => async () => {
    steps.push(`${name} begins`);
    await Promise.resolve();
    steps.push(`${name} ends`);
    return name;
  };
  assert.deepEqual(await Promise.all([queue.run(work("a")), queue.run(work("b"))]), ["a", "b"]);
  assert.deepEqual(steps, ["a begins", "a ends", "b begins", "b ends"]);
});

test("work that fails fails for who asked for it, and holds up nothing after it", async () => {
  const queue = new SerialQueue();
  const failed = queue.run(() => Promise.reject(new Error("no")));
  const thrown = queue.run(() => {
    throw new Error("neither");
  });
  const next = queue.run(() => "done");
  await assert.rejects(failed, /no/);
  await assert.rejects(thrown, /neither/);
  assert.equal(await next, "done");
});

test("settled waits for all that was asked for so far, whether it ends well or not", async () => {
  const queue = new SerialQueue();
  let ended = false;
  void queue.run(() => Promise.reject(new Error("no"))).catch(() => {});
  void queue.run(async () => {
    await Promise.resolve();
    ended = true;
  });
  await queue.settled();
  assert.equal(ended, true);
});
