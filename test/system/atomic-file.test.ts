import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileSignature, removeFile, removeTemporaryFiles, writeFileAtomic } from "../../src/system/atomic-file.ts";
import { describeIoError } from "../../src/system/io-errors.ts";
import { failingFiles } from "../helpers/failing-files.ts";
import { seededRandom } from "../helpers/seeded-random.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { TYPESCRIPT } from "../helpers/typescript.ts";

const PRIVATE = { mode: 0o600 };

test("a file is replaced, readable by its owner alone, with nothing left beside it", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "phone.cfg");
  await writeFile(path, "old");
  await chmod(path, 0o644);
  const signature = await writeFileAtomic(path, "new", PRIVATE);
  assert.equal(await readFile(path, "utf8"), "new");
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(folder), ["phone.cfg"]);
  assert.equal(await fileSignature(path), signature);
});

test("the permissions are the ones asked for, whatever the umask", async (t) => {
  const path = join(await temporaryFolder(t), "05.network");
  const old = process.umask(0o077);
  t.after(() => process.umask(old));
  await writeFileAtomic(path, "x", { mode: 0o644 });
  assert.equal((await stat(path)).mode & 0o777, 0o644);
});

test("a symbolic link stays, what it points to is written, even where that is not there yet", async (t) => {
  const folder = await temporaryFolder(t);
  const link = join(folder, "phone.cfg");
  await mkdir(join(folder, "flash"));
  await symlink("flash/real.cfg", link);
  for (const text of ["first", "second"]) {
    await writeFileAtomic(link, text, PRIVATE);
    assert.equal(await readFile(join(folder, "flash/real.cfg"), "utf8"), text);
    assert.ok((await lstat(link)).isSymbolicLink());
  }
});

test("a file keeps its owner when a daemon with more rights writes it", async (t) => {
  if (process.getuid?.() !== 0) return t.skip("needs root");
  const path = join(await temporaryFolder(t), "phone.cfg");
  await writeFile(path, "old");
  await chown(path, 1234, 4321);
  await writeFileAtomic(path, "new", PRIVATE);
  const { uid, gid } = await stat(path);
  assert.deepEqual([uid, gid], [1234, 4321]);
});

test("a write that cannot be finished leaves the old file and nothing beside it", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "phone.cfg");
  await writeFile(path, "old");
  const beforeReplace = async () => {
    throw new Error("changed meanwhile");
  };
  await assert.rejects(writeFileAtomic(path, "new", { ...PRIVATE, beforeReplace }), /changed meanwhile/);
  assert.equal(await readFile(path, "utf8"), "old");
  assert.deepEqual(await readdir(folder), ["phone.cfg"]);
});

for (const how of ["once", "for good", "after taking effect"] as const) {
  test(`a file call that fails ${how}: an error means the old content, no error the new one, and nothing is left beside it`, async (t) => {
    const folder = await temporaryFolder(t);
    const path = join(folder, "phone.cfg");
    await writeFileAtomic(path, "old", PRIVATE);
    const files = failingFiles(t, folder);
    files.record();
    await writeFileAtomic(path, "new", PRIVATE);
    const kinds = files.calls.map(({ kind }) => kind);
    assert.ok(kinds.includes("rename") && kinds.includes("sync folder"));
    for (const [at, kind] of kinds.entries()) {
      files.heal();
      await writeFileAtomic(path, "old", PRIVATE);
      files.fail({ at, how, code: "EIO" });
      const answer = await writeFileAtomic(path, "new", PRIVATE).then(
        () => "new",
        () => "old",
      );
      files.heal();
      assert.equal(await readFile(path, "utf8"), answer, `${how} at ${kind}`);
      const isFolder = kind === "sync folder" || (kind === "rename" && how === "after taking effect");
      assert.equal(answer, isFolder ? "new" : "old", `${how} at ${kind}`);
      // A temporary file that cannot be removed either is removed by the next start.
      if (how !== "for good") assert.deepEqual(await readdir(folder), ["phone.cfg"], `${how} at ${kind}`);
    }
  });
}

test("what is in force but not known to survive a power cut is told, with its folder", async (t) => {
  const folder = await temporaryFolder(t);
  const files = failingFiles(t, folder);
  const told: string[] = [];
  files.fail({ at: 0, how: "for good", code: "EIO", kinds: ["sync folder"] });
  await writeFileAtomic(join(folder, "a"), "x", { ...PRIVATE, unconfirmed: (path) => void told.push(path) });
  assert.deepEqual(told, [folder]);
});

test("a file that is removed is gone, whatever the call reports; one that cannot be removed is an error", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "a");
  const files = failingFiles(t, folder);
  for (const how of ["once", "after taking effect"] as const) {
    await writeFileAtomic(path, "x", PRIVATE);
    files.fail({ at: 0, how, code: "EIO", kinds: ["remove"] });
    if (how === "once") await assert.rejects(removeFile(path), { code: "EIO" });
    else await removeFile(path);
    files.heal();
    assert.equal((await fileSignature(path)) === null, how === "after taking effect");
  }
  await removeFile(path);
  await removeFile(path);
});

test("leftovers of writers that died are removed, other files are not", async (t) => {
  const folder = await temporaryFolder(t);
  const others = [".phone.cfg.swp", ".phone.cfg.backup.tmp", ".other.0123456789ab.tmp", "phone.cfg"];
  for (const name of [...others, ".phone.cfg.0123456789ab.tmp"]) await writeFile(join(folder, name), "x");
  await removeTemporaryFiles(folder, "phone.cfg");
  assert.deepEqual((await readdir(folder)).sort(), [...others].sort());
  await removeTemporaryFiles(folder);
  assert.ok(!(await readdir(folder)).includes(".other.0123456789ab.tmp"));
});

test("kill -9 at any instant of a write leaves a whole old or a whole new file", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "state.json");
  const size = 200_000;
  const random = seededRandom("kill");
  for (let round = 0; round < 4; round++) {
    await killAfter(t, startWriter(path, size), random.between(0, 40));
    const text = await readFile(path, "utf8");
    assert.equal(text.length, size);
    assert.equal(text, text.charAt(0).repeat(size));
  }
  await removeTemporaryFiles(folder);
  assert.deepEqual(await readdir(folder), ["state.json"]);
});

function startWriter(path: string, size: number): ChildProcess {
  return fork(join(import.meta.dirname, "../helpers/atomic-writer.ts"), [path, String(size)], {
    execArgv: [...TYPESCRIPT],
  });
}

async function killAfter(t: TestContext, writer: ChildProcess, delayMs: number): Promise<void> {
  t.after(() => writer.kill("SIGKILL"));
  await once(writer, "message");
  setTimeout(() => writer.kill("SIGKILL"), delayMs);
  await once(writer, "exit");
}

test("a file that cannot be used is explained with its path and what to do", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
  assert.equal(
    describeIoError("cannot write", "/data/phone.cfg", full),
    "cannot write /data/phone.cfg: ENOSPC: the disk is full: free some space",
  );
  assert.equal(describeIoError("cannot read", "/x", new Error("odd")), "cannot read /x: odd");
});
