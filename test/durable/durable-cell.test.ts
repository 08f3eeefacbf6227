import assert from "node:assert/strict";
import { test } from "node:test";
import { isAgentError } from "../../src/cwmp/errors.ts";
import { DurableCell, stateDocument } from "../../src/durable/durable-cell.ts";
import * as read from "../../src/durable/read.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
import { createMemoryStateStore } from "../../src/storage/memory-state-store.ts";

const LIST = stateDocument<readonly string[]>("list", [], read.listOf(read.text));

/** A store that counts its saves, and fails while `fails` says so. */
function storeUnderTest() {
  const inner = createMemoryStateStore();
  const under = { saves: 0, fails: false };
  const store: StateStore = {
    load: inner.load,
    erase: inner.erase,
    async save(document, value) {
      under.saves++;
      if (under.fails) throw new Error("ENOSPC");
      await inner.save(document, value);
    },
  };
  return { store, under };
}

const add = (item: string) => (now: readonly string[]) => [...now, item];

test("a change is durable when it resolves, and a cell that is opened later begins with it", async () => {
  const { store } = storeUnderTest();
  const cell = await DurableCell.open(store, LIST);
  assert.deepEqual(cell.current, []);
  assert.deepEqual(await cell.update(add("a")), ["a"]);
  assert.deepEqual((await DurableCell.open(store, LIST)).current, ["a"]);
});

test("nobody sees a change before it is durable", async () => {
  const { store } = storeUnderTest();
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const save: StateStore["save"] = async (...args) => {
    await held;
    await store.save(...args);
  };
  const cell = await DurableCell.open({ ...store, save }, LIST);
  const changing = cell.update(add("a"));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(cell.current, []);
  release();
  await changing;
  assert.deepEqual(cell.current, ["a"]);
});

test("changes come one after the other, each on top of the one before", async () => {
  const { store } = storeUnderTest();
  const cell = await DurableCell.open(store, LIST);
  await Promise.all(["a", "b", "c"].map((item) => cell.update(add(item))));
  assert.deepEqual(cell.current, ["a", "b", "c"]);
});

test("a change that cannot be saved is STATE_IO with the document's name, has not happened, and the next one works", async () => {
  const { store, under } = storeUnderTest();
  const cell = await DurableCell.open(store, LIST);
  await cell.update(add("a"));
  under.fails = true;
  await assert.rejects(
    cell.update(add("b")),
    (error) => isAgentError(error, "STATE_IO") && /"list": ENOSPC/.test(error.message),
  );
  assert.deepEqual(cell.current, ["a"]);
  under.fails = false;
  await cell.update(add("c"));
  assert.deepEqual(cell.current, ["a", "c"]);
  assert.deepEqual((await DurableCell.open(store, LIST)).current, ["a", "c"]);
});

test("a change to an equal value writes nothing", async () => {
  const { store, under } = storeUnderTest();
  const cell = await DurableCell.open(store, LIST);
  await cell.update((now) => now);
  await cell.update(() => []);
  assert.equal(under.saves, 0);
});

test("a change that throws changes nothing", async () => {
  const { store, under } = storeUnderTest();
  const cell = await DurableCell.open(store, LIST);
  const refuse = () => {
    throw new Error("full");
  };
  await assert.rejects(cell.update(refuse), /full/);
  assert.deepEqual([cell.current, under.saves], [[], 0]);
});
