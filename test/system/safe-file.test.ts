import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { constants } from "node:fs";
import { chown, link, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { writeFileAtomic } from "../../src/system/atomic-file.ts";
import { openPlain, openPlainSync, readPlain, readShared, refuseLink } from "../../src/system/safe-file.ts";
import { OTHER_USER, ROOT_ONLY } from "../helpers/other-user.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/** A secret file, and a folder beside it. */
async function place(t: TestContext) {
  const folder = await temporaryFolder(t);
  const [secret, theirs] = [join(folder, "secret"), join(folder, "theirs")];
  await writeFile(secret, "hush", { mode: 0o600 });
  await mkdir(theirs);
  return { folder, secret, theirs, file: join(theirs, "phone.cfg") };
}

test("a link is neither written through nor read through, and a pipe makes nobody wait", async (t) => {
  const { folder, secret } = await place(t);
  const name = join(folder, "link");
  await symlink(secret, name);
  const append = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT;
  assert.throws(() => openPlainSync(name, append), { code: "ELOOP" });
  await assert.rejects(openPlain(name, append), { code: "ELOOP" });
  await assert.rejects(readPlain(name), { code: "ELOOP" });
  assert.equal(await readFile(secret, "utf8"), "hush");
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  await assert.rejects(readPlain(pipe), /it is not a file/);
  await assert.rejects(readShared(pipe), /it is not a file/);
  assert.throws(() => openPlainSync(pipe, append), { code: "ENXIO" });
});

test("a folder whose files are removed is no link", async (t) => {
  const { folder, theirs } = await place(t);
  await refuseLink(theirs);
  await refuseLink(join(folder, "none"));
  await symlink(theirs, join(folder, "link"));
  await assert.rejects(refuseLink(join(folder, "link")), /it is a link/);
});

test("a file of the phone is read in its own folder and where our links lead", async (t) => {
  const { folder, file } = await place(t);
  await writeFile(file, "label");
  await symlink(file, join(folder, "link"));
  assert.equal(String(await readShared(file)), "label");
  assert.equal(String(await readShared(join(folder, "link"))), "label");
  await assert.rejects(readShared(`${file}.none`), { code: "ENOENT" });
});

test("in a folder of somebody else no link leads to what only we may read or write", { skip: ROOT_ONLY }, async (t) => {
  const { secret, theirs, file } = await place(t);
  await symlink(secret, file);
  await chown(theirs, OTHER_USER, OTHER_USER);
  await assert.rejects(readShared(file), /may change the link/);
  await assert.rejects(writeFileAtomic(file, "x", { mode: 0o600 }), /may change the link/);
  assert.equal(await readFile(secret, "utf8"), "hush");
});

test("in a folder of somebody else no second name of a file of ours is read", { skip: ROOT_ONLY }, async (t) => {
  const { secret, theirs, file } = await place(t);
  await link(secret, file);
  await chown(theirs, OTHER_USER, OTHER_USER);
  await assert.rejects(readShared(file), /it has another name elsewhere/);
});

test("a file that root has written in a folder of somebody else is read", { skip: ROOT_ONLY }, async (t) => {
  const { theirs, file } = await place(t);
  await chown(theirs, OTHER_USER, OTHER_USER);
  await writeFileAtomic(file, "label", { mode: 0o600 });
  assert.equal(String(await readShared(file)), "label");
});
