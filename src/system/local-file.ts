import { open, stat } from "node:fs/promises";
import type { LocalFile } from "../ports/local-file.ts";
import { describeIoError } from "./io-errors.ts";

export function createLocalFile(path: string): LocalFile {
  return {
    name: path,
    async read(maxBytes) {
      try {
        return await readBounded(path, maxBytes);
      } catch (error) {
        throw new Error(describeIoError("cannot read", path, error), { cause: error });
      }
    },
  };
}

async function readBounded(path: string, maxBytes: number): Promise<Uint8Array> {
  // A pipe or a device would never end, and already opening one may wait for ever.
  if (!(await stat(path)).isFile()) throw new Error("it is not a file");
  const handle = await open(path, "r");
  try {
    const status = await handle.stat();
    if (status.size > maxBytes) throw new Error(`it has more than ${maxBytes} bytes`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
