import assert from "node:assert/strict";
import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readSystemFile, writeSystemFile } from "../../../src/backends/linux/system-file.ts";
import { isAgentError } from "../../../src/cwmp/errors.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

/** As the service runs. */
function withUmask(t: TestContext, mask: number): void {
  const old = process.umask(mask);
  t.after(() => process.umask(old));
}

test("a file for daemons of other users can be read by them, and so can the folders made for it, whatever the umask", async (t) => {
  const folder = await temporaryFolder(t);
  withUmask(t, 0o077);
  const path = join(folder, "etc/systemd/network/05-akuvox-cpe.network");
  await writeSystemFile(path, "[Match]\n");
  assert.equal(await modeOf(path), 0o644);
  for (const made of ["etc", "etc/systemd", "etc/systemd/network"]) {
    assert.equal(await modeOf(join(folder, made)), 0o755, made);
  }
});

test("a file and a folder that are there keep their permissions", async (t) => {
  const folder = join(await temporaryFolder(t), "network");
  await mkdir(folder);
  await chmod(folder, 0o750);
  const path = join(folder, "05.network");
  await writeFile(path, "[Match]\nName=wg0\n");
  await chmod(path, 0o640);
  await writeSystemFile(path, "[Match]\n");
  assert.deepEqual([await modeOf(folder), await modeOf(path)], [0o750, 0o640]);
  assert.equal(await readFile(path, "utf8"), "[Match]\n");
});

test("a file that is removed, or was never there, or has no folder, is nothing to read", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "05.network");
  await writeSystemFile(path, "x");
  await writeSystemFile(path, null);
  await writeSystemFile(path, null);
  await writeSystemFile(join(folder, "no/such/folder/file"), null);
  assert.equal(await readSystemFile(path), null);
});

test("a file that cannot be written is told with its path, and the old one stays", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "taken"), "old");
  const path = join(folder, "taken/05.network");
  await assert.rejects(
    writeSystemFile(path, "new"),
    (error) => isAgentError(error, "BACKEND_IO") && error.message.includes(path),
  );
  assert.equal(await readFile(join(folder, "taken"), "utf8"), "old");
});
