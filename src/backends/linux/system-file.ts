import { chmod, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { AgentError } from "../../cwmp/errors.ts";
import { removeFile, writeFileAtomic } from "../../system/atomic-file.ts";
import { makeFolder } from "../../system/durable-folder.ts";
import { describeIoError, hasCode } from "../../system/io-errors.ts";
import { readAtMost } from "../config-file/host.ts";

/** A file of the host that is always written as a whole. */
const MAX_BYTES = 65_536;
const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;

/** Null: there is none. Throws AgentError BACKEND_IO, also for a file that is too large. */
export function readSystemFile(path: string): Promise<string | null> {
  return guarded("cannot read", path, async () => {
    try {
      const text = await readAtMost(path, MAX_BYTES + 1);
      if (Buffer.byteLength(text) > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`);
      return text;
    } catch (error) {
      if (hasCode(error, "ENOENT")) return null;
      throw error;
    }
  });
}

/**
 * Durable when it resolves; null removes it. An existing file keeps its permissions: it may hold a secret.
 *
 * @throws AgentError BACKEND_IO, with the old file in place
 */
export function writeSystemFile(path: string, text: string | null): Promise<void> {
  return guarded("cannot write", path, async () => {
    if (text === null) return removeFile(path);
    await makeOpenFolder(dirname(path));
    const old = await stat(path).catch(() => null);
    await writeFileAtomic(path, text, { mode: old === null ? FILE_MODE : old.mode & 0o777 });
  });
}

/**
 * The daemons that read these files run under other users: our umask, which protects secrets, must not lock them out.
 */
async function makeOpenFolder(folder: string): Promise<void> {
  for (const made of await makeFolder(folder, { mode: FOLDER_MODE })) await chmod(made, FOLDER_MODE);
}

async function guarded<T>(action: string, path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new AgentError("BACKEND_IO", describeIoError(action, path, error), { cause: error });
  }
}
