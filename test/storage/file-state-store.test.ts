import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { isAgentError } from "../../src/cwmp/errors.ts";
import { createFileStateStore } from "../../src/storage/file-state-store.ts";
import { failingFiles } from "../helpers/failing-files.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";
import { counterDocument as counter } from "../helpers/state-documents.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

async function folderFor(t: TestContext) {
  const folder = join(await temporaryFolder(t), "state");
  const log = createMemoryLogger();
  return {
    folder,
    log,
    file: join(folder, "documents/counter.json"),
    open: () => createFileStateStore({ folder, log }),
  };
}

test("state outlives the process, in files that only their owner can read", async (t) => {
  const { folder, file, open } = await folderFor(t);
  const first = await open();
  await first.save(counter, { count: 3 });
  await first.close();
  assert.deepEqual(JSON.parse(await readFile(file, "utf8")), { version: 1, value: { count: 3 } });
  assert.deepEqual([(await stat(folder)).mode & 0o777, (await stat(file)).mode & 0o777], [0o700, 0o600]);
  const second = await open();
  assert.deepEqual(await second.load(counter), { count: 3 });
  await second.close();
});

for (const [what, content, reason] of [
  ["half a file", '{"version":1,"value":{"cou', "it is not valid JSON"],
  ["an empty file", "", "it is empty"],
  ["text that is not UTF-8", Buffer.from([0x7b, 0xff, 0x7d]), "it is not UTF-8 text"],
  ["other JSON", "[1,2]", "it has no version and value"],
  ["an odd version", '{"version":"1","value":{"count":1}}', "its version is not a whole number"],
  ["a value that the document refuses", '{"version":1,"value":{"count":"x"}}', "count is not a number"],
] as const) {
  test(`${what} is set aside and explained, and the state starts empty`, async (t) => {
    const { folder, file, log, open } = await folderFor(t);
    await mkdir(join(folder, "documents"), { recursive: true });
    await writeFile(`${file}.damaged-1`, "an earlier one");
    await writeFile(file, content);
    const store = await open();
    assert.deepEqual(await store.load(counter), { count: 0 });
    assert.deepEqual(await readFile(`${file}.damaged-2`), Buffer.from(content));
    assert.equal(await readFile(`${file}.damaged-1`, "utf8"), "an earlier one");
    const [line] = log.at("error");
    assert.deepEqual(line?.fields, { file, movedTo: `${file}.damaged-2`, reason });
    await store.save(counter, { count: 1 });
    assert.deepEqual(await store.load(counter), { count: 1 });
  });
}

test("documents are not read, written or removed through a link to another folder", async (t) => {
  const { folder, open } = await folderFor(t);
  const other = await temporaryFolder(t);
  const left = join(other, ".x.0123456789ab.tmp");
  await writeFile(left, "mine");
  await mkdir(folder);
  await symlink(other, join(folder, "documents"));
  await assert.rejects(open(), (error) => isAgentError(error, "STATE_IO") && /it is a link/.test(error.message));
  await rm(join(folder, "documents"));
  await symlink(other, join(folder, "erased"));
  await (await open()).close();
  assert.equal(await readFile(left, "utf8"), "mine");
});

test("a damaged file is never quoted in the log", async (t) => {
  const { folder, file, log, open } = await folderFor(t);
  await mkdir(join(folder, "documents"), { recursive: true });
  await writeFile(file, '{"version":1,"value":hunter2}');
  const store = await open();
  await store.load(counter);
  assert.equal(log.at("error").length, 1);
  assert.doesNotMatch(log.text(), /hunter2/);
});

test("a file of a newer version is left as it is, and its path is named", async (t) => {
  const { folder, file, open } = await folderFor(t);
  await mkdir(join(folder, "documents"), { recursive: true });
  const newer = '{"version":9,"value":{"count":[1]}}';
  await writeFile(file, newer);
  const store = await open();
  await assert.rejects(
    store.load(counter),
    (error) => isAgentError(error, "STATE_VERSION") && error.message.startsWith(file),
  );
  assert.equal(await readFile(file, "utf8"), newer);
});

test("what an interrupted write or erase left behind is removed at start", async (t) => {
  const { folder, open } = await folderFor(t);
  await mkdir(join(folder, "documents"), { recursive: true });
  await mkdir(join(folder, "erased"));
  await writeFile(join(folder, "erased/counter.json"), "old");
  await writeFile(join(folder, "documents/.counter.json.0123456789ab.tmp"), "half");
  const store = await open();
  assert.deepEqual((await readdir(folder, { recursive: true })).sort(), ["documents", "lock"]);
  await store.close();
});

test("a second daemon is told who uses the folder, and may have it once the first is gone", async (t) => {
  const { folder, open } = await folderFor(t);
  const first = await open();
  await assert.rejects(
    open(),
    (error) =>
      isAgentError(error, "STATE_IO") &&
      error.message.includes(`${folder} is in use by the process ${process.pid}`) &&
      error.message.includes("another state folder"),
  );
  await first.close();
  await (await open()).close();
});

for (const [what, content] of [
  ["a process that ended", "4194304 17 an-old-boot"],
  ["an earlier process with the number of ours", `${process.pid} 17 an-old-boot`],
  ["nobody, as after a crash while it was made", ""],
] as const) {
  test(`the lock of ${what} is taken over`, async (t) => {
    const { folder, open } = await folderFor(t);
    await mkdir(folder);
    await writeFile(join(folder, "lock"), content);
    const store = await open();
    assert.match(await readFile(join(folder, "lock"), "utf8"), new RegExp(`^${process.pid} `));
    await store.close();
  });
}

test("a folder that cannot be made is a clear error", async (t) => {
  const folder = join(await temporaryFolder(t), "a-file");
  await writeFile(folder, "");
  await assert.rejects(
    createFileStateStore({ folder: join(folder, "state"), log: createMemoryLogger() }),
    (error) =>
      isAgentError(error, "STATE_IO") &&
      error.message.includes(folder) &&
      error.message.includes("choose another place"),
  );
});

test("a document that is saved again unchanged is not written again, unless its file may be gone", async (t) => {
  const { file, open } = await folderFor(t);
  const store = await open();
  const written = async () => `${(await stat(file, { bigint: true })).ino} ${await readFile(file, "utf8")}`;
  await store.save(counter, { count: 1 });
  const first = await written();
  await Promise.all([store.save(counter, { count: 1 }), store.save(counter, { count: 1 })]);
  assert.equal(await written(), first);
  await store.save(counter, { count: 2 });
  await store.save(counter, { count: 1 });
  assert.match(await written(), /"count":1/);
  await store.erase();
  await store.save(counter, { count: 1 });
  assert.match(await written(), /"count":1/);
  await writeFile(file, "{");
  assert.deepEqual(await store.load(counter), { count: 0 });
  await store.save(counter, { count: 1 });
  assert.match(await written(), /"count":1/);
  await store.close();
});

test("a save that fails says which file, and the next one works again", async (t) => {
  const { file, open } = await folderFor(t);
  const store = await open();
  await mkdir(join(file, "in-the-way"), { recursive: true });
  await assert.rejects(
    store.save(counter, { count: 1 }),
    (error) => isAgentError(error, "STATE_IO") && error.message.includes(file),
  );
  await store.save({ ...counter, name: "other" }, { count: 2 });
  assert.deepEqual(await store.load({ ...counter, name: "other" }), { count: 2 });
});

const other = { ...counter, name: "other" };

for (const how of ["once", "for good", "after taking effect"] as const) {
  test(`a file call of a save that fails ${how}: an error means the old value, now and after a restart, no error the new one`, async (t) => {
    const { folder, open } = await folderFor(t);
    const files = failingFiles(t, folder);
    let count = 0;
    for (let at = 0, calls = 1; at < calls; at++) {
      files.heal();
      const store = await open();
      await store.save(counter, { count: ++count });
      files.fail({ at, how, code: "EIO" });
      const saved = await store.save(counter, { count: count + 1 }).then(
        () => true,
        (error) => {
          assert.ok(isAgentError(error, "STATE_IO"));
          return false;
        },
      );
      calls = Math.max(calls, files.calls.length + (at === 0 ? 8 : 0));
      files.heal();
      if (saved) count++;
      assert.deepEqual(await store.load(counter), { count });
      await store.close();
      const after = await open();
      assert.deepEqual(await after.load(counter), { count });
      await after.close();
    }
  });

  test(`a file call of an erase that fails ${how}: an error means every document, no error none; and the store goes on`, async (t) => {
    const { folder, open } = await folderFor(t);
    const files = failingFiles(t, folder);
    for (let at = 0, calls = 1; at < calls; at++) {
      files.heal();
      const store = await open();
      await store.save(counter, { count: 1 });
      await store.save(other, { count: 2 });
      files.fail({ at, how, code: "EIO" });
      const erased = await store.erase().then(
        () => true,
        () => false,
      );
      calls = Math.max(calls, files.calls.length + (at === 0 ? 8 : 0));
      const expected = erased ? [0, 0] : [1, 2];
      files.heal();
      const found = async (from: typeof store) => [(await from.load(counter)).count, (await from.load(other)).count];
      assert.deepEqual(await found(store), expected, `${how} at call ${at}`);
      await store.close();
      const after = await open();
      assert.deepEqual(await found(after), expected, `${how} at call ${at}, after a restart`);
      await after.save(counter, { count: 3 });
      await after.erase();
      assert.deepEqual(await found(after), [0, 0]);
      await after.save(other, { count: 4 });
      assert.deepEqual(await found(after), [0, 4]);
      await after.close();
    }
  });
}

test("a folder of documents that could not be made after an erase is made by the next save", async (t) => {
  const { folder, open } = await folderFor(t);
  const files = failingFiles(t, folder);
  const store = await open();
  await store.save(counter, { count: 1 });
  files.fail({ at: 0, how: "once", code: "EIO", kinds: ["mkdir"] });
  await store.erase();
  await store.save(counter, { count: 2 });
  assert.deepEqual(await store.load(counter), { count: 2 });
  await store.close();
});

test("the name of a state folder that is new is durable before anything is kept in it", async (t) => {
  const root = await temporaryFolder(t);
  const files = failingFiles(t, root);
  files.record(["mkdir", "sync folder", "rename"]);
  const store = await createFileStateStore({ folder: join(root, "a/state"), log: createMemoryLogger() });
  await store.save(counter, { count: 1 });
  await store.close();
  const first = (kind: string, path: string) =>
    files.calls.findIndex((call) => call.kind === kind && call.path === join(root, path));
  for (const parent of ["", "a", "a/state"]) {
    const synced = first("sync folder", parent);
    assert.ok(synced >= 0 && synced < files.calls.findIndex(({ kind }) => kind === "rename"), `"${parent}" is synced`);
  }
});

test("a folder whose fsync fails is told once, and what is saved there counts", async (t) => {
  const { folder, log, open } = await folderFor(t);
  const store = await open();
  const files = failingFiles(t, folder);
  files.fail({ at: 0, how: "for good", code: "EIO", kinds: ["sync folder"] });
  for (const count of [1, 2, 3]) await store.save(counter, { count });
  assert.equal(log.at("warn").length, 1);
  assert.deepEqual(await store.load(counter), { count: 3 });
  await store.close();
});
