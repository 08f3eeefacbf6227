import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { AgentError } from "../../cwmp/errors.ts";
import { hasCode, syncFolder, writeFileAtomic } from "../../system/atomic-file.ts";
import { describeIoError } from "../../system/io-errors.ts";
import { readAtMost } from "../host-text.ts";

/** A file of the host's that is written as a whole. */
const MOST_BYTES = 65_536;

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

/** Durable when it resolves; null removes it. Throws AgentError BACKEND_IO, with the old file in place. */
export function writeSystemFile(path: string, text: string | null): Promise<void> {
  return guarded("cannot write", path, async () => {
    if (text === null) {
      await rm(path, { force: true });
      await syncFolder(dirname(path));
      return;
    }
    await mkdir(dirname(path), { recursive: true });
    // Read by daemons that run under other users.
    await writeFileAtomic(path, text, { mode: 0o644 });
  });
}

async function guarded<T>(action: string, path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new AgentError("BACKEND_IO", describeIoError(action, path, error), { cause: error });
  }
}
