import { constants } from "node:fs";
import { mkdir, open, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Logger } from "../ports/logger.ts";
import { describeIoError, hasCode } from "./io-errors.ts";

/** Called for a folder whose fsync fails: changes in it are in force, but a power cut may undo them. */
export type UnconfirmedFolder = (folder: string, error: unknown) => void;

/** Errors of a folder's fsync are mostly the flash's, and pass. */
const SYNC_ATTEMPTS = 3;

/**
 * Makes renames, removals and new files in a folder durable, as far as that can be done. Never throws: what was done
 * in the folder is in force already, so it must not be reported as failed; the next call for this folder makes it
 * durable too.
 *
 * @param unconfirmed told where it could not be done, and not on a file system that has no fsync for folders
 * @returns false where it could not be done
 */
export async function syncFolder(folder: string, unconfirmed?: UnconfirmedFolder): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      await syncOnce(folder);
      return true;
    } catch (error) {
      // Some file systems (network shares, FUSE) have no fsync for folders; there is nothing more that we could do.
      if (hasCode(error, "EINVAL", "ENOTSUP", "ENOENT")) return true;
      if (attempt < SYNC_ATTEMPTS) continue;
      unconfirmed?.(folder, error);
      return false;
    }
  }
}

/** A warning for a person, once for each folder. */
export function warnOncePerFolder(log: Logger): UnconfirmedFolder {
  const warned = new Set<string>();
  return (folder, error) => {
    if (warned.has(folder)) return;
    warned.add(folder);
    log.warn(
      { folder },
      `${describeIoError("cannot sync the folder", folder, error)}. What is written there is in force, but a power cut may undo it`,
    );
  };
}

/** Opened again each time: an error of fsync is reported to a handle once. */
async function syncOnce(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export interface NewFolder {
  /** Permissions of each folder that is made, such as `0o700`, less the umask. */
  readonly mode: number;
  readonly unconfirmed?: UnconfirmedFolder;
}

/**
 * Makes a folder where it is missing, level by level, and makes its name durable: without that, a power cut takes the folder
 * and everything that was durable in it. (Node's own recursive mkdir does not return on file systems such as /proc.)
 *
 * @returns the folders that were made, outermost first
 * @throws Error that says which folder, why, and what to do
 */
export async function makeFolder(folder: string, { mode, unconfirmed }: NewFolder): Promise<readonly string[]> {
  const missing: string[] = [];
  let level = resolve(folder);
  while (!(await isFolder(level))) {
    missing.unshift(level);
    if (dirname(level) === level) break;
    level = dirname(level);
  }
  // An earlier start may have made this one and have been killed before its name was durable.
  await syncFolder(dirname(level));
  for (const path of missing) {
    await makeLevel(path, mode);
    await syncFolder(dirname(path), unconfirmed);
  }
  return missing;
}

/** Somebody else may make it at the same time, and a call may report an error for what it has done. */
async function makeLevel(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (await isFolder(path).catch(() => false)) return;
    if (!hasCode(error, "ENOENT"))
      throw new Error(describeIoError("cannot make the folder", path, error), { cause: error });
    // Its parent is there: this is how /proc and its like refuse.
    const reason = "this file system does not allow new folders: choose another place";
    throw new Error(`cannot make the folder ${path}: ${reason}`, { cause: error });
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return true;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return false;
    throw new Error(describeIoError("cannot use the folder", path, error), { cause: error });
  }
  throw new Error(`${path} is a file, not a folder: choose another place`);
}
