import assert from "node:assert/strict";
import { test } from "node:test";
import { createWriteQueue } from "../../src/storage/write-queue.ts";

/** A queue whose writes end when they are told to. */
function heldQueue() {
  const queue = createWriteQueue();
  const written: string[] = [];
  let release = () => {};
  const write = (text: string) => {
    written.push(text);
    return new Promise<void>((resolve) => {
      release = resolve;
    });
  };
  const finishOne = async () => {
    await turn();
    release();
    await turn();
  };
  return { queue, written, write, finishOne };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("writes that wait are joined into the newest, and all callers wait for that one", async () => {
  const { queue, written, write, finishOne } = heldQueue();
  const done: string[] = [];
  const save = (text: string) => queue.replace("a", text, write).then(() => done.push(text));
  save("1");
  await turn();
  save("2");
  save("3");
  await finishOne();
  assert.deepEqual([written, done], [["1", "3"], ["1"]]);
  await finishOne();
  assert.deepEqual(
    [written, done],
    [
      ["1", "3"],
      ["1", "2", "3"],
    ],
  );
});

test("a text that comes while an older one is being written gets a write of its own", async () => {
  const { queue, written, write, finishOne } = heldQueue();
  queue.replace("a", "1", write);
  await turn();
  const second = queue.replace("a", "2", write);
  await finishOne();
  await finishOne();
  await second;
  assert.deepEqual(written, ["1", "2"]);
});

test("a write does not join one that waits in front of other work", async () => {
  const { queue, written, write, finishOne } = heldQueue();
  queue.replace("a", "1", write);
  queue.run(async () => {
    written.push("erase");
  });
  queue.replace("a", "2", write);
  await finishOne();
  await finishOne();
  assert.deepEqual(written, ["1", "erase", "2"]);
});
