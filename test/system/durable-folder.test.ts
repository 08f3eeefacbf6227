import assert from "node:assert/strict";
import { mkdir, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { makeFolder, syncFolder, warnOncePerFolder } from "../../src/system/durable-folder.ts";
import { failingFiles } from "../helpers/failing-files.ts";
import { createMemoryLogger } from "../helpers/memory-logger.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const OWNER_ONLY = { mode: 0o700 };

test("each level that is missing is made, and its name is durable before the next one is", async (t) => {
  const folder = await temporaryFolder(t);
  const files = failingFiles(t, folder);
  files.record(["mkdir", "sync folder"]);
  const wanted = join(folder, "a/b");
  assert.deepEqual(await makeFolder(wanted, OWNER_ONLY), [join(folder, "a"), wanted]);
  assert.equal((await stat(wanted)).mode & 0o777, 0o700);
  const calls = files.calls.map(({ kind, path }) => `${kind} ${path.slice(folder.length)}`);
  // Opened and synced: two calls. The first two are of the folder above, which is not below the test's own.
  assert.deepEqual(calls, [
    "mkdir /a",
    "sync folder ",
    "sync folder ",
    "mkdir /a/b",
    "sync folder /a",
    "sync folder /a",
  ]);
});

test("a folder that is there is let be, and its name is made durable: whoever made it may have been killed before", async (t) => {
  const folder = await temporaryFolder(t);
  const files = failingFiles(t, folder);
  await mkdir(join(folder, "a"));
  files.record();
  assert.deepEqual(await makeFolder(join(folder, "a"), OWNER_ONLY), []);
  assert.deepEqual(
    files.calls.map(({ kind, path }) => [kind, path]),
    [
      ["sync folder", folder],
      ["sync folder", folder],
    ],
  );
});

test("a link to a folder is one", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "real"));
  await symlink("real", join(folder, "link"));
  await makeFolder(join(folder, "link/a"), OWNER_ONLY);
  assert.deepEqual(await readdir(join(folder, "real")), ["a"]);
});

test("a folder where none can be made is an error at once, with the folder and what to do", async (t) => {
  if (process.platform !== "linux") return t.skip("needs /proc");
  await assert.rejects(makeFolder("/proc/foo/state", OWNER_ONLY), {
    message: "cannot make the folder /proc/foo: this file system does not allow new folders: choose another place",
  });
});

test("a file in the way is named", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "file"), "");
  for (const wanted of ["file", "file/a/b"]) {
    const message = `${join(folder, "file")} is a file, not a folder: choose another place`;
    await assert.rejects(makeFolder(join(folder, wanted), OWNER_ONLY), { message });
  }
});

test("a mkdir that fails is an error with the folder, the reason and what to do; one that took effect is none", async (t) => {
  const folder = await temporaryFolder(t);
  const files = failingFiles(t, folder);
  files.fail({ at: 0, how: "once", code: "ENOSPC", kinds: ["mkdir"] });
  const message = `cannot make the folder ${join(folder, "a")}: ENOSPC: the disk is full: free some space`;
  await assert.rejects(makeFolder(join(folder, "a/b"), OWNER_ONLY), { message });
  files.fail({ at: 0, how: "after taking effect", code: "EIO", kinds: ["mkdir"] });
  assert.equal((await makeFolder(join(folder, "a/b"), OWNER_ONLY)).length, 2);
});

test("a sync that fails is tried again with the folder opened anew, and one that goes on failing is told, not thrown", async (t) => {
  const folder = await temporaryFolder(t);
  const files = failingFiles(t, folder);
  const told: string[] = [];
  const unconfirmed = (path: string) => void told.push(path);
  for (const at of [0, 1, 3]) {
    files.fail({ at, how: "once", code: "EIO", kinds: ["sync folder"] });
    assert.equal(await syncFolder(folder, unconfirmed), true);
  }
  assert.deepEqual(told, []);
  files.fail({ at: 0, how: "for good", code: "EIO", kinds: ["sync folder"] });
  assert.equal(await syncFolder(folder, unconfirmed), false);
  assert.deepEqual(told, [folder]);
});

test("a folder that is not there needs no sync", async (t) => {
  assert.equal(await syncFolder(join(await temporaryFolder(t), "gone")), true);
});

test("a person is warned once for each folder", async (t) => {
  const log = createMemoryLogger();
  const warn = warnOncePerFolder(log);
  const folder = dirname(await temporaryFolder(t));
  for (const path of [folder, folder, "/elsewhere"]) warn(path, Object.assign(new Error("x"), { code: "EIO" }));
  const lines = log.at("warn").map(({ message }) => message);
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? "", /^cannot sync the folder .*EIO.* a power cut may undo it$/);
});
