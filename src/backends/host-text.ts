import { open } from "node:fs/promises";

/** The beginning of a text file, at most so many bytes: files of the host can be devices, or without an end. */
export async function readAtMost(path: string, bytes: number): Promise<string> {
  const file = await open(path, "r");
  try {
    const buffer = Buffer.alloc(bytes);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, bytes - length, null);
      length += bytesRead;
      if (bytesRead === 0 || length === bytes) return buffer.toString("utf8", 0, length);
    }
  } finally {
    await file.close();
  }
}
