import { constants } from "node:fs";
import type { LocalFile } from "../ports/local-file.ts";
import { describeIoError } from "./io-errors.ts";
import { openPlain } from "./safe-file.ts";
import { resolveTrusted } from "./trusted-path.ts";

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
  const handle = await openPlain(resolveTrusted(path), constants.O_RDONLY);
  try {
    const status = await handle.stat();
    if (status.size > maxBytes) throw new Error(`it has more than ${maxBytes} bytes`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
