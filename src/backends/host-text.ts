import { open } from "node:fs/promises";

/** The files read have some hundred bytes. */
const CHUNK_BYTES = 16_384;

/** The beginning of a text file, up to a number of bytes: files of the host can be devices, or endless. */
export async function readAtMost(path: string, bytes: number): Promise<string> {
  const file = await open(path, "r");
  try {
    const chunks: Uint8Array[] = [];
    for (let left = bytes; left > 0; ) {
      const chunk = Buffer.alloc(Math.min(left, CHUNK_BYTES));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) break;
      chunks.push(chunk.subarray(0, bytesRead));
      left -= bytesRead;
    }
    return Buffer.concat(chunks).toString("utf8");
  } finally {
    await file.close();
  }
}
