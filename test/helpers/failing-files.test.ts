import assert from "node:assert/strict";
import { mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { failingFiles } from "./failing-files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** What a program does to a file, one call after the other. */
async function write(folder: string): Promise<void> {
  await mkdir(join(folder, "a"), { recursive: true });
  const handle = await open(join(folder, "a/new"), "w");
  try {
    await handle.writeFile("x");
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(join(folder, "a/new"), join(folder, "a/file"));
  const parent = await open(join(folder, "a"), "r");
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
  await rm(join(folder, "a/file"));
}

const CALLS = ["mkdir", "open", "write", "sync", "rename", "sync folder", "sync folder", "remove"];

async function filesOf(t: TestContext) {
  const folder = await temporaryFolder(t);
  return { folder, files: failingFiles(t, folder) };
}

test("calls below the folder are recorded in order, others are not", async (t) => {
  const { folder, files } = await filesOf(t);
  await write(folder);
  await write(await temporaryFolder(t));
  assert.deepEqual(
    files.calls.map(({ kind }) => kind),
    CALLS,
  );
});

test("each call can fail once, for good, or after it took effect", async (t) => {
  const { folder, files } = await filesOf(t);
  for (const [at, kind] of CALLS.entries()) {
    for (const how of ["once", "for good", "after taking effect"] as const) {
      files.fail({ at, how, code: "ENOSPC" });
      await assert.rejects(write(folder), { code: "ENOSPC" }, `${how} at ${kind}`);
      assert.equal(files.calls.length, at + 1);
      if (how === "for good") await assert.rejects(mkdir(join(folder, "b")), { code: "ENOSPC" });
      files.heal();
      await write(folder);
    }
  }
});

test("a call that fails has done nothing, unless it is said to", async (t) => {
  const { folder, files } = await filesOf(t);
  await writeFile(join(folder, "old"), "x");
  files.fail({ at: 0, how: "once", code: "EIO" });
  await assert.rejects(rename(join(folder, "old"), join(folder, "new")));
  assert.equal(await readFile(join(folder, "old"), "utf8"), "x");
  files.fail({ at: 0, how: "after taking effect", code: "EIO" });
  await assert.rejects(rename(join(folder, "old"), join(folder, "new")));
  assert.equal(await readFile(join(folder, "new"), "utf8"), "x");
});
