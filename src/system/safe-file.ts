/** Files in folders where others may write: opened without following a link at the end, and only where they are files. */
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { type FileHandle, lstat, open, readlink, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { resolveTrusted } from "./trusted-path.ts";

const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
/** A named pipe that somebody has put there must not make us wait. */
const SAFELY = O_NOFOLLOW | O_NONBLOCK;

/**
 * Opens a file that stands in a folder of ours. A link, pipe or device with its name is refused, whatever it leads to.
 *
 * @param flags such as `O_WRONLY | O_CREAT`
 * @throws the error of the file system; ELOOP: a link
 */
export async function openPlain(path: string, flags: number, mode = 0o600): Promise<FileHandle> {
  const handle = await open(path, flags | SAFELY, mode);
  try {
    if (!(await handle.stat()).isFile()) throw notAFile();
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

export function openPlainSync(path: string, flags: number, mode = 0o600): number {
  const file = openSync(path, flags | SAFELY, mode);
  try {
    if (!fstatSync(file).isFile()) throw notAFile();
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/**
 * For folders whose files the agent removes: a link would lead it to those of another folder. What is not there is no link.
 *
 * @throws Error that says so
 */
export async function refuseLink(folder: string): Promise<void> {
  const found = await lstat(folder).catch(() => null);
  if (found?.isSymbolicLink() === true)
    throw new Error("it is a link, and the agent removes files in it: replace it with a folder");
}

export async function readPlain(path: string): Promise<Buffer> {
  const handle = await openPlain(path, constants.O_RDONLY);
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/**
 * Opens a file for reading that may stand in a folder of somebody else, as the phone's own file in the firmware's. Links of
 * root and of ours lead on; a link of anybody else, another name for a file of somebody else, and what is no file are refused:
 * otherwise the owner of the folder could have us read, and hand on, what only we may read.
 *
 * @throws UntrustedLink, an Error that says why, or the error of the file system
 */
export async function openShared(path: string): Promise<FileHandle> {
  const target = resolveTrusted(path);
  const handle = await openPlain(target, constants.O_RDONLY);
  try {
    const { nlink, uid } = await handle.stat();
    if (nlink > 1 && uid !== (await stat(dirname(target))).uid)
      throw new Error(
        `it has another name elsewhere and belongs to user ${uid}, unlike its folder: replace it with a copy`,
      );
    await checkOpened(handle, target);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** A folder on the way may have become a link between the look and the opening. Where the system cannot tell, nothing is known. */
async function checkOpened({ fd }: FileHandle, target: string): Promise<void> {
  const opened = await readlink(`/proc/self/fd/${fd}`).catch(() => null);
  if (opened === null || opened === target || opened === `${target} (deleted)`) return;
  throw new Error(`it was replaced by ${opened} while it was opened`);
}

function notAFile(): Error {
  return new Error("it is not a file");
}

export async function readShared(path: string): Promise<Buffer> {
  const handle = await openShared(path);
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
