import assert from "node:assert/strict";
import { test } from "node:test";
import { createValueStateStore } from "../../src/storage/value-state-store.ts";
import { counterDocument } from "../helpers/state-documents.ts";

test("a store of values answers with the very value that was saved, and one phone's with nothing of another's", async () => {
  const [store, other] = [createValueStateStore(), createValueStateStore()];
  const value = { count: 7 };
  await store.save(counterDocument, { count: 6 });
  await store.save(counterDocument, value);
  assert.equal(await store.load(counterDocument), value);
  assert.deepEqual(await other.load(counterDocument), { count: 0 });
});

test("a store of values reads a document of another version as that document does, and forgets all when it is erased", async () => {
  const store = createValueStateStore();
  await store.save(counterDocument, { count: 7 });
  const next = { ...counterDocument, version: 2 };
  assert.deepEqual(await store.load(next), { count: 70 });
  await store.save(next, { count: 71 });
  assert.deepEqual(await store.load(next), { count: 71 });
  await store.erase();
  assert.deepEqual(await store.load(next), { count: 0 });
});
