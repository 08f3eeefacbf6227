import assert from "node:assert/strict";
import { chmod, chown, lchown, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  type Identity,
  ownIdentity,
  type PathRole,
  pathRisks,
  resolveTrusted,
  UntrustedLink,
} from "../../src/system/trusted-path.ts";
import { OTHER_USER, ROOT_ONLY } from "../helpers/other-user.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const OWN = ownIdentity();
const AS_ROOT: Identity = { uid: 0, gid: 0, isOutside: (uid) => uid === OWN?.uid };
const AS_USER: Identity = { uid: 77, gid: 77, isOutside: (uid) => uid === OWN?.uid };

/** `<temporary folder>/a/file`, in folders of ours that nobody else may write to. */
async function place(t: TestContext) {
  const folder = await temporaryFolder(t);
  const a = join(folder, "a");
  const file = join(a, "file");
  await mkdir(a, { mode: 0o755 });
  await writeFile(file, "x", { mode: 0o600 });
  const risks = (role: PathRole, identity: Identity = AS_ROOT, path = file) =>
    pathRisks(path, role, identity).map(({ severity, message }) => `${severity}: ${message.replaceAll(folder, "")}`);
  return { folder, a, file, risks };
}

test("folders and files that only we and root may change are no risk", async (t) => {
  const { risks, folder, a } = await place(t);
  for (const role of ["folder", "file", "secret", "phone"] as const) assert.deepEqual(risks(role), []);
  assert.deepEqual(risks("folder", AS_ROOT, join(folder, "not", "there")), []);
  await chmod(a, 0o1777);
  assert.deepEqual(risks("file"), [], "a folder such as /tmp");
  await chmod(a, 0o775);
  assert.deepEqual(risks("file", { ...AS_USER, gid: OWN?.gid ?? 0 }), [], "the group of our own");
});

test("a folder on the way that every user may write to is refused for root, told to others", async (t) => {
  const { a, risks } = await place(t);
  await chmod(a, 0o777);
  for (const role of ["folder", "file", "secret", "phone"] as const) {
    assert.deepEqual(risks(role), ["refuse: every user may write to the folder /a: chmod go-w /a"]);
    assert.deepEqual(risks(role, AS_USER), ["warn: every user may write to the folder /a: chmod go-w /a"]);
  }
});

test("what a file may be depends on what it is for", async (t) => {
  const { file, risks } = await place(t);
  await chmod(file, 0o666);
  const told = "every user may write to the file /a/file: chmod go-w /a/file";
  assert.deepEqual(risks("file"), [`refuse: ${told}`]);
  assert.deepEqual(risks("file", AS_USER), [`refuse: ${told}`]);
  assert.deepEqual(risks("phone"), []);
  await chmod(file, 0o644);
  assert.deepEqual(risks("file"), []);
  assert.deepEqual(risks("secret"), ["warn: others may read the secret file /a/file: chmod go-rwx /a/file"]);
});

test("what belongs to somebody else is refused, but for the phone's own file", { skip: ROOT_ONLY }, async (t) => {
  const { a, file, risks } = await place(t);
  await chown(a, OTHER_USER, 0);
  const told = `the folder /a belongs to user ${OTHER_USER}: chown 0 /a`;
  assert.deepEqual(risks("folder"), [`refuse: ${told}`]);
  assert.deepEqual(risks("phone"), [`warn: ${told}`]);
  assert.deepEqual(
    risks("folder", { ...AS_ROOT, isOutside: (uid) => uid === OTHER_USER }),
    [],
    "it has no number in here",
  );
  await chown(a, 0, 0);
  await chown(file, OTHER_USER, 0);
  assert.deepEqual(risks("file"), [`refuse: the file /a/file belongs to user ${OTHER_USER}: chown 0 /a/file`]);
  assert.deepEqual(risks("phone"), []);
  await chown(a, 0, OTHER_USER);
  await chmod(a, 0o775);
  assert.deepEqual(risks("phone"), [`refuse: group ${OTHER_USER} may write to the folder /a: chmod g-w /a`]);
});

test("links of root and of ours lead on, in folders of root and of ours", async (t) => {
  const { folder, a, file, risks } = await place(t);
  const [link, deep] = [join(folder, "link"), join(a, "deep")];
  await symlink("a", link);
  await symlink("../link/./file", deep);
  assert.equal(resolveTrusted(join(link, "file")), file);
  assert.equal(resolveTrusted(deep), file);
  assert.equal(resolveTrusted(join(link, "new", "x")), join(a, "new", "x"), "nothing is there yet");
  assert.deepEqual(risks("phone", AS_ROOT, deep), []);
  await chmod(file, 0o666);
  assert.equal(risks("file", AS_ROOT, deep).length, 1, "what it leads to counts");
});

test("a link where every user could have put it is not followed, whoever it belongs to", async (t) => {
  const { a, file, risks } = await place(t);
  const link = join(a, "link");
  await symlink(file, link);
  await chmod(a, 0o777);
  assert.throws(() => resolveTrusted(link), UntrustedLink);
  assert.ok(
    risks("phone", AS_USER, link).some((risk) => /^refuse: every user may change the link \/a\/link/.test(risk)),
  );
});

test("a link of somebody else, or in a folder of theirs, is not followed", { skip: ROOT_ONLY }, async (t) => {
  const { a, file } = await place(t);
  const link = join(a, "link");
  await symlink(file, link);
  await lchown(link, OTHER_USER, OTHER_USER);
  assert.throws(() => resolveTrusted(link), new RegExp(`user ${OTHER_USER} may change the link ${link}: use`));
  await lchown(link, 0, 0);
  assert.equal(resolveTrusted(link), file);
  await chown(a, OTHER_USER, 0);
  assert.throws(() => resolveTrusted(link), UntrustedLink);
});

test("links that form a loop are an error, not a hang", async (t) => {
  const { a } = await place(t);
  await symlink("y", join(a, "x"));
  await symlink("x", join(a, "y"));
  assert.throws(() => resolveTrusted(join(a, "x")), { code: "ELOOP" });
  assert.deepEqual(pathRisks(join(a, "x"), "file", AS_ROOT), []);
});
