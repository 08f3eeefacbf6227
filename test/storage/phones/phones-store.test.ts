import assert from "node:assert/strict";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { isAgentError } from "../../../src/cwmp/errors.ts";
import { openPhonesStore, type PhonesStore } from "../../../src/storage/phones/phones-store.ts";
import { failingFiles } from "../../helpers/failing-files.ts";
import { createMemoryLogger } from "../../helpers/memory-logger.ts";
import { counterDocument as counter } from "../../helpers/state-documents.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const PHONE = "0C1105-SP R53P-0C1105000001";
const OTHER = "0C1105-SP R53P-0C1105000002";

async function folderFor(t: TestContext, rewriteFromBytes?: number) {
  const folder = join(await temporaryFolder(t), "state");
  const log = createMemoryLogger();
  const limit = rewriteFromBytes === undefined ? {} : { rewriteFromBytes };
  return {
    folder,
    log,
    file: join(folder, "phones.state"),
    open: () => openPhonesStore({ folder, log, ...limit }),
    /** Opens it, does that, and closes it. */
    async during<T>(run: (store: PhonesStore) => Promise<T>): Promise<T> {
      const store = await openPhonesStore({ folder, log, ...limit });
      try {
        return await run(store);
      } finally {
        await store.close();
      }
    },
  };
}

const countOf = async (store: PhonesStore, id: string): Promise<number> =>
  (await store.phone(id).state.load(counter)).count;
const save = (store: PhonesStore, id: string, count: number): Promise<void> =>
  store.phone(id).state.save(counter, { count });

test("each phone's state and what it is outlive the process, in one file that only its owner can read", async (t) => {
  const { folder, file, during } = await folderFor(t);
  await during(async (store) => {
    await save(store, PHONE, 3);
    await save(store, OTHER, 4);
    await store.phone(PHONE).storage.save("firmware", Buffer.from("1.2.3.4\n\u0000é"));
  });
  assert.deepEqual([(await stat(folder)).mode & 0o777, (await stat(file)).mode & 0o777], [0o700, 0o600]);
  assert.deepEqual(await readdir(folder), ["phones.state"]);
  await during(async (store) => {
    assert.deepEqual([await countOf(store, PHONE), await countOf(store, OTHER)], [3, 4]);
    // A factory reset of the agent's state leaves the firmware where it is, and the other phone alone.
    await store.phone(PHONE).state.erase();
  });
  await during(async (store) => {
    assert.deepEqual([await countOf(store, PHONE), await countOf(store, OTHER)], [0, 4]);
    assert.equal(String(await store.phone(PHONE).storage.load("firmware")), "1.2.3.4\n\u0000é");
    assert.equal(await store.phone(OTHER).storage.load("firmware"), null);
    await store.phone(PHONE).storage.remove("firmware");
  });
  await during(async (store) => assert.equal(await store.phone(PHONE).storage.load("firmware"), null));
});

test("another fleet is refused while a folder is in use, and takes it afterwards", async (t) => {
  const { open, during } = await folderFor(t);
  const store = await open();
  await assert.rejects(
    open(),
    (error) => isAgentError(error, "STATE_IO") && /is in use by the process \d+/.test(error.message),
  );
  await save(store, PHONE, 1);
  await store.close();
  assert.equal(await during((again) => countOf(again, PHONE)), 1);
});

test("wherever the process ends within a write, all that was saved before is there, and no half", async (t) => {
  const { file, during, log } = await folderFor(t);
  await during((store) => save(store, PHONE, 1));
  const before = (await readFile(file)).length;
  await during((store) => save(store, PHONE, 2));
  const whole = await readFile(file);
  for (let bytes = before; bytes <= whole.length; bytes++) {
    await writeFile(file, whole.subarray(0, bytes));
    const count = await during(async (store) => {
      const found = await countOf(store, PHONE);
      await save(store, OTHER, 9);
      return found;
    });
    assert.equal(count, bytes === whole.length ? 2 : 1, String(bytes));
    assert.equal(await during((store) => countOf(store, OTHER)), 9);
  }
  // As after a power cut: blocks that were never written.
  await writeFile(file, Buffer.concat([whole, Buffer.alloc(5000)]));
  assert.equal(await during((store) => countOf(store, PHONE)), 2);
  assert.deepEqual(log.at("error"), []);
});

test("damage in the midst of the file is told and kept, and what can be read is used", async (t) => {
  const { folder, file, during, log } = await folderFor(t);
  await during(async (store) => {
    await save(store, PHONE, 1);
    await save(store, OTHER, 7);
    await save(store, PHONE, 2);
  });
  const lines = (await readFile(file, "utf8")).split("\n");
  const damaged = lines.map((line, at) => (at === 2 ? line.replace('"count":7', '"count":8') : line)).join("\n");
  await writeFile(file, damaged);
  assert.deepEqual(await during(async (store) => [await countOf(store, PHONE), await countOf(store, OTHER)]), [2, 0]);
  assert.equal(await readFile(join(folder, "phones.state.damaged-1"), "utf8"), damaged);
  assert.equal(log.at("error").length, 1);
  assert.deepEqual(log.at("error")[0]?.fields, { file, movedTo: `${file}.damaged-1`, lines: 1 });
  assert.equal(await during((store) => countOf(store, PHONE)), 2);
  assert.equal(log.at("error").length, 1);
});

test("a document that does not pass its own check is kept under another name, and starts empty", async (t) => {
  const { during, log } = await folderFor(t);
  await during(async (store) => {
    await store.phone(PHONE).state.save({ ...counter, parse: () => ({ count: 0 }) }, { count: "hush" as never });
    assert.equal(await countOf(store, PHONE), 0);
    await save(store, PHONE, 5);
  });
  assert.match(
    log.text(),
    /the state document "counter" is damaged \(count is not a number\): it is kept as counter\.damaged-1/,
  );
  assert.ok(!log.text().includes("hush"));
  assert.equal(await during((store) => countOf(store, PHONE)), 5);
});

for (const [what, content, code, message] of [
  ["a newer program", "akuvox-cpe fleet state 2\n", "STATE_VERSION", /written by a newer version/],
  ["something else", "name: fleet\n", "STATE_IO", /is not the state of a fleet: choose another state folder/],
  ["nobody", "", "STATE_IO", /is not the state of a fleet/],
] as const) {
  test(`a file of ${what} is refused and stays as it is, and the folder is free again`, async (t) => {
    const { folder, file, open, during } = await folderFor(t);
    await during(async () => {});
    await writeFile(file, content);
    await assert.rejects(open(), (error) => isAgentError(error, code) && message.test(error.message));
    assert.equal(await readFile(file, "utf8"), content);
    assert.deepEqual(await readdir(folder), ["phones.state"]);
  });
}

test("a file that is mostly out of force is written anew, with all that is in force", async (t) => {
  const { file, during } = await folderFor(t, 20_000);
  await during(async (store) => {
    await store.phone(OTHER).storage.save("ringer", Buffer.alloc(3000, 7));
    for (let count = 1; count <= 1000; count++) await save(store, PHONE, count);
    assert.ok((await stat(file)).size < 21_000);
    assert.deepEqual(
      [await countOf(store, PHONE), (await store.phone(OTHER).storage.load("ringer"))?.length],
      [1000, 3000],
    );
  });
  await during(async (store) => {
    assert.deepEqual(
      [await countOf(store, PHONE), (await store.phone(OTHER).storage.load("ringer"))?.length],
      [1000, 3000],
    );
  });
});

test("saves of ten thousand phones at once wait for a few fsyncs, not for one each", async (t) => {
  const { folder, during } = await folderFor(t);
  const files = failingFiles(t, folder);
  await during(async (store) => {
    files.record(["sync"]);
    await Promise.all(Array.from({ length: 10_000 }, (_, at) => save(store, `phone-${at}`, at)));
    assert.ok(files.calls.length <= 5, String(files.calls.length));
  });
  await during(async (store) => {
    for (const at of [0, 1, 4999, 9999]) assert.equal(await countOf(store, `phone-${at}`), at);
  });
});

for (const how of ["once", "for good", "after taking effect"] as const) {
  test(`a disk that fails ${how} fails the save, whichever call it was, and nothing has changed`, async (t) => {
    const { folder, during, open } = await folderFor(t, 1000);
    const files = failingFiles(t, folder);
    for (let at = 0; ; at++) {
      const store = await open();
      await save(store, PHONE, 1);
      await save(store, OTHER, 1);
      files.fail({ at, how, code: "ENOSPC" });
      const saved: Record<string, number> = { [PHONE]: 1, [OTHER]: 1 };
      let failed = false;
      for (const [id, count] of [
        [PHONE, 2],
        [OTHER, 3],
        [PHONE, 4],
      ] as const) {
        try {
          await save(store, id, count);
          saved[id] = count;
        } catch (error) {
          failed = true;
          assert.ok(isAgentError(error, "STATE_IO") && /ENOSPC: the disk is full/.test(error.message), String(error));
        }
        assert.equal(await countOf(store, id), saved[id], `${at}`);
      }
      const seen = files.calls.length;
      files.heal();
      if (at % 2 === 0) {
        await save(store, OTHER, 5);
        saved[OTHER] = 5;
      }
      await store.close();
      await during(async (again) => {
        for (const id of [PHONE, OTHER]) assert.equal(await countOf(again, id), saved[id], `${at} ${id}`);
      });
      if (at > seen) break;
      assert.ok(failed || at > 0);
    }
  });
}
