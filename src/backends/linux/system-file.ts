import { chmod, mkdir, rm, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { AgentError } from "../../cwmp/errors.ts";
import { hasCode, syncFolder, writeFileAtomic } from "../../system/atomic-file.ts";
import { describeIoError } from "../../system/io-errors.ts";
import { readAtMost } from "../host-text.ts";

/** A file of the host's that is written as a whole. */
const MOST_BYTES = 65_536;
const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;

/** Null: there is none. Throws AgentError BACKEND_IO, also for one that is larger than such a file ever is. */
export function readSystemFile(path: string): Promise<string | null> {
  return guarded("cannot read", path, async () => {
    try {
      const text = await readAtMost(path, MOST_BYTES + 1);
      if (Buffer.byteLength(text) > MOST_BYTES) throw new Error(`it is larger than ${MOST_BYTES} bytes`);
      return text;
    } catch (error) {
      if (hasCode(error, "ENOENT")) return null;
      throw error;
    }
  });
}

/**
 * Durable when it resolves; null removes it. A file that is there keeps its permissions: there may be a secret in it.
 *
 * @throws AgentError BACKEND_IO, with the old file in place
 */
export function writeSystemFile(path: string, text: string | null): Promise<void> {
  return guarded("cannot write", path, async () => {
    if (text === null) {
      await removeDurably(path);
      return;
    }
    await makeFolder(dirname(path));
    const old = await stat(path).catch(() => null);
    await writeFileAtomic(path, text, { mode: old === null ? FILE_MODE : old.mode & 0o777 });
  });
}

/** Nothing is to be done where there is nothing, not even the folder. */
async function removeDurably(path: string): Promise<void> {
  await rm(path, { force: true });
  try {
    await syncFolder(dirname(path));
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}

/** The daemons that read these files run under other users: our umask, which keeps secrets, must not shut them out. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  let made = first;
  for (const name of ["", ...relative(first, folder).split(sep)]) {
    made = join(made, name);
    await chmod(made, FOLDER_MODE);
  }
}

async function guarded<T>(action: string, path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new AgentError("BACKEND_IO", describeIoError(action, path, error), { cause: error });
  }
}
