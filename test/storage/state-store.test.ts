import assert from "node:assert/strict";
import { test } from "node:test";
import { isAgentError } from "../../src/cwmp/errors.ts";
import type { StateDocument, StateStore } from "../../src/ports/state-store.ts";
import { createFileStateStore } from "../../src/storage/file-state-store.ts";
import { createMemoryStateStore } from "../../src/storage/memory-state-store.ts";
import { openPhonesStore } from "../../src/storage/phones/phones-store.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";
import { type Counter, counterDocument as counter } from "../helpers/state-documents.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const stores: readonly (readonly [string, (t: Parameters<typeof temporaryFolder>[0]) => Promise<StateStore>])[] = [
  ["memory", async () => createMemoryStateStore()],
  [
    "fleet",
    async (t) => {
      const store = await openPhonesStore({ folder: await temporaryFolder(t), log: createMemoryLogger() });
      t.after(() => store.close());
      return store.phone("0C1105-R53-1").state;
    },
  ],
  ["file", async (t) => createFileStateStore({ folder: await temporaryFolder(t), log: createMemoryLogger() })],
];

for (const [name, open] of stores) {
  test(`${name}: what was saved is loaded, what was not is empty`, async (t) => {
    const store = await open(t);
    assert.deepEqual(await store.load(counter), { count: 0 });
    await store.save(counter, { count: 7 });
    assert.deepEqual(await store.load(counter), { count: 7 });
    assert.deepEqual(await store.load({ ...counter, name: "other" }), { count: 0 });
  });

  test(`${name}: a save takes the value as it is at the call`, async (t) => {
    const store = await open(t);
    const value = { count: 1 };
    const saved = store.save(counter, value);
    value.count = 2;
    await saved;
    const loaded: { count: number } = await store.load(counter);
    loaded.count = 99;
    assert.deepEqual(await store.load(counter), { count: 1 });
  });

  test(`${name}: of many saves at once the last one stays`, async (t) => {
    const store = await open(t);
    await Promise.all(Array.from({ length: 50 }, (_, count) => store.save(counter, { count })));
    assert.deepEqual(await store.load(counter), { count: 49 });
  });

  test(`${name}: erase forgets what was saved before it and keeps what is saved after it`, async (t) => {
    const store = await open(t);
    const steps = [
      store.save(counter, { count: 1 }),
      store.save({ ...counter, name: "other" }, { count: 1 }),
      store.erase(),
      store.save(counter, { count: 2 }),
    ];
    await Promise.all(steps);
    assert.deepEqual(await store.load(counter), { count: 2 });
    assert.deepEqual(await store.load({ ...counter, name: "other" }), { count: 0 });
  });

  test(`${name}: an older document is migrated`, async (t) => {
    const store = await open(t);
    const old: StateDocument<Counter> = { ...counter, version: 1 };
    await store.save(old, { count: 5 });
    assert.deepEqual(await store.load({ ...counter, version: 2 }), { count: 50 });
  });

  test(`${name}: a document of a newer version is refused and stays`, async (t) => {
    const store = await open(t);
    await store.save({ ...counter, version: 3 }, { count: 5 });
    await assert.rejects(
      store.load(counter),
      (error) => isAgentError(error, "STATE_VERSION") && /format 3; this one knows up to 1/.test(error.message),
    );
    assert.deepEqual(await store.load({ ...counter, version: 3 }), { count: 5 });
  });
}
