import { randomBytes } from "node:crypto";
import { type FileHandle, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { syncFolder, type UnconfirmedFolder } from "./durable-folder.ts";
import { hasCode } from "./io-errors.ts";
import { resolveTrusted } from "./trusted-path.ts";

export interface AtomicWrite {
  /** Permissions of the new file, such as `0o600`, whatever the umask of the process. */
  readonly mode: number;
  /** Called when all is written and only the rename is left; a throw leaves the old file in place. */
  readonly beforeReplace?: () => Promise<void>;
  /** Called if the new content is in force but may not survive a power cut. */
  readonly unconfirmed?: UnconfirmedFolder;
}

/**
 * Replaces a file so that a reader, or a start after `kill -9` or a power cut, finds the old content or the new, never a
 * part. Durable when it resolves. A symbolic link of root or of ours stays; what it points to is replaced. The owner stays
 * where we may keep it.
 *
 * What fails up to the rename has not happened. What fails after it, the fsync of the folder, does not undo it: the new content
 * is in force, and that is the answer; `unconfirmed` is told that a power cut could still take it back.
 *
 * @returns the signature of what was written, to tell it from what others write (see {@link fileSignature})
 * @throws the error of the file system, or UntrustedLink, with the old file untouched
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array, write: AtomicWrite): Promise<string> {
  const target = await targetOf(path);
  const temporary = temporaryName(target);
  try {
    const signature = await writeTemporary(temporary, target, content, write.mode);
    await write.beforeReplace?.();
    await replaceFile(temporary, target, signature);
    await syncFolder(dirname(target), write.unconfirmed);
    return signature;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

/**
 * Renames a file of the given signature, which replaces what was there. A rename over a network can report an error for what
 * it has done: what counts is where the file is then. Not durable before its folder is synced.
 */
export async function replaceFile(from: string, to: string, signature: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((await fileSignature(to).catch(() => null)) !== signature) throw error;
  }
}

/** Removes a file, durably; no error where there is none. Throws the error of the file system where it is still there. */
export async function removeFile(path: string, unconfirmed?: UnconfirmedFolder): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    if ((await fileSignature(path)) !== null) throw error;
  }
  await syncFolder(dirname(path), unconfirmed);
}

/** Removes what writers that died left beside a file, or, without a name, beside every file of the folder. */
export async function removeTemporaryFiles(folder: string, name?: string): Promise<void> {
  const start = name === undefined ? "." : `.${name}.`;
  for (const entry of await readdir(folder)) {
    if (entry.startsWith(start) && TEMPORARY.test(entry)) await rm(join(folder, entry), { force: true });
  }
}

/** Tells whether a file was written since: which file it is, its size and when it was last written. Null: it is not there. */
export async function fileSignature(path: string): Promise<string | null> {
  try {
    return signatureOf(await stat(path, { bigint: true }));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}

/** The time of status change is left out: our own rename alters it. */
export function signatureOf(status: { dev: bigint; ino: bigint; size: bigint; mtimeNs: bigint }): string {
  return `${status.dev}:${status.ino}:${status.size}:${status.mtimeNs}`;
}

const TEMPORARY = /^\..+\.[0-9a-f]{12}\.tmp$/;

function temporaryName(target: string): string {
  return join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
}

/** What a path leads to, through symbolic links of root and of ours, whether or not it is there. */
export async function targetOf(path: string): Promise<string> {
  return resolveTrusted(path);
}

async function writeTemporary(
  temporary: string,
  target: string,
  content: string | Uint8Array,
  mode: number,
): Promise<string> {
  const handle = await open(temporary, "wx", mode);
  try {
    await keepOwner(handle, target);
    await handle.chmod(mode);
    await handle.writeFile(content);
    await handle.sync();
    return signatureOf(await handle.stat({ bigint: true }));
  } finally {
    await handle.close();
  }
}

/** A daemon that runs as root must not take a file away from the firmware's user. */
async function keepOwner(handle: FileHandle, target: string): Promise<void> {
  const old = await stat(target).catch(() => null);
  const own = await handle.stat();
  if (old === null || (old.uid === own.uid && old.gid === own.gid)) return;
  await handle.chown(old.uid, old.gid).catch(() => {});
}
