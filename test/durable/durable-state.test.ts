import assert from "node:assert/strict";
import { test } from "node:test";
import { isAgentError } from "../../src/cwmp/errors.ts";
import { DurableState, stateDocument } from "../../src/durable/durable-state.ts";
import { listOf, text } from "../../src/durable/read.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
import { createMemoryStateStore } from "../../src/storage/memory-state-store.ts";
import { createFakeTime } from "../helpers/fake-time.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";

type List = readonly string[];

const LIST = stateDocument<List>("list", [], listOf(text));
const OTHER = { ...LIST, name: "other" };

/** A disk that tells what is saved, in order, and takes nothing while it `fails`. */
function durableUnderTest() {
  const inner = createMemoryStateStore();
  const disk = { saves: [] as string[], fails: false };
  const store: StateStore = {
    load: inner.load,
    erase: inner.erase,
    async save(document, value) {
      if (disk.fails) throw new Error("ENOSPC");
      disk.saves.push(`${document.name} ${JSON.stringify(value)}`);
      await inner.save(document, value);
    },
  };
  const time = createFakeTime({ inMemory: true });
  const log = createMemoryLogger();
  const state = new DurableState({ store, scheduler: time.scheduler, log });
  return { disk, store, time, log, state, found: () => inner.load(LIST) };
}

const add = (item: string) => (now: List) => [...now, item];

test("an update is durable when it resolves, and the next start begins with it", async () => {
  const { state, found } = durableUnderTest();
  const cell = await state.open(LIST);
  assert.deepEqual(await cell.update(add("a")), ["a"]);
  assert.deepEqual(await found(), ["a"]);
  assert.deepEqual((await state.open(LIST)).current, ["a"]);
});

test("nobody sees an update before it is durable", async () => {
  const { store, time, log } = durableUnderTest();
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const save: StateStore["save"] = async (...args) => {
    await held;
    await store.save(...args);
  };
  const cell = await new DurableState({ store: { ...store, save }, scheduler: time.scheduler, log }).open(LIST);
  const changing = cell.update(add("a"));
  await time.advance(0);
  assert.deepEqual(cell.current, []);
  release();
  await changing;
  assert.deepEqual(cell.current, ["a"]);
});

test("changes come one after the other, each on top of the one before", async () => {
  const { state } = durableUnderTest();
  const cell = await state.open(LIST);
  await Promise.all([cell.update(add("a")), cell.learn(add("b")), cell.update(add("c"))]);
  assert.deepEqual(cell.current, ["a", "b", "c"]);
});

test("an update that cannot be saved is STATE_IO with the document's name and has not happened, and the next one works", async () => {
  const { state, disk, found } = durableUnderTest();
  const cell = await state.open(LIST);
  await cell.update(add("a"));
  disk.fails = true;
  await assert.rejects(
    cell.update(add("b")),
    (error) => isAgentError(error, "STATE_IO") && /"list": ENOSPC/.test(error.message),
  );
  assert.deepEqual(cell.current, ["a"]);
  disk.fails = false;
  await cell.update(add("c"));
  assert.deepEqual(
    [cell.current, await found()],
    [
      ["a", "c"],
      ["a", "c"],
    ],
  );
});

test("a change to an equal value writes nothing, and one that throws changes nothing", async () => {
  const { state, disk } = durableUnderTest();
  const cell = await state.open(LIST);
  await cell.update(() => []);
  assert.equal(await cell.learn((now) => now), true);
  const refuse = (): never => {
    throw new Error("full");
  };
  await assert.rejects(cell.update(refuse), /full/);
  await assert.rejects(cell.learn(refuse), /full/);
  assert.deepEqual([cell.current, disk.saves], [[], []]);
});

test("what is learned is so at once, and is saved when the disk takes it, with waits that grow to five minutes", async () => {
  const { state, disk, time, log, found } = durableUnderTest();
  const cell = await state.open(LIST);
  disk.fails = true;
  assert.equal(await cell.learn(add("a")), false);
  assert.equal(await cell.learn(add("b")), false);
  assert.deepEqual([cell.current, await found()], [["a", "b"], []]);
  const waits: number[] = [];
  for (let tries = 0; tries < 11; tries++) {
    const [timer, ...others] = time.pendingTimers();
    assert.deepEqual(others, []);
    waits.push((timer?.dueMs ?? 0) - time.clock.monotonic());
    await time.advance(waits.at(-1) ?? 0);
  }
  assert.deepEqual(
    waits,
    [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((seconds) => seconds * 1000),
  );
  disk.fails = false;
  await time.advance(300_000);
  assert.deepEqual([await found(), time.pendingTimers()], [["a", "b"], []]);
  assert.equal(log.at("error").length, 1);
  assert.equal(await cell.learn(add("c")), true);
});

test("documents are saved in the order of their changes: none counts on one that is not saved", async () => {
  const { state, disk } = durableUnderTest();
  const [events, list] = [await state.open(OTHER), await state.open(LIST)];
  disk.fails = true;
  await events.learn(add("event"));
  await list.learn(add("told"));
  await assert.rejects(list.update(add("promise")), { code: "STATE_IO" });
  disk.fails = false;
  await list.update(add("promise"));
  assert.deepEqual(disk.saves, ['other ["event"]', 'list ["told"]', 'list ["told","promise"]']);
});

test("at its end it tries once more, and then no more", async () => {
  const { state, disk, time, found } = durableUnderTest();
  const cell = await state.open(LIST);
  disk.fails = true;
  await cell.learn(add("a"));
  disk.fails = false;
  await state.stop();
  assert.deepEqual([await found(), time.pendingTimers()], [["a"], []]);
  disk.fails = true;
  await cell.learn(add("b"));
  assert.deepEqual(time.pendingTimers(), []);
});
