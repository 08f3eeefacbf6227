import type { FileHandle } from "node:fs/promises";

/** A line of a file, without its end. */
export interface FoundLine {
  readonly at: number;
  /** With the end. */
  readonly bytes: number;
  /** Null: it is longer than asked for. */
  readonly line: Buffer | null;
}

const CHUNK_BYTES = 2 ** 20;
const LINE_FEED = 0x0a;

/** Each line that has an end, from the beginning of the file; what stands behind the last end is none. */
export async function* readLines(file: FileHandle, maxBytes: number): AsyncGenerator<FoundLine> {
  let parts: Buffer[] = [];
  let length = 0;
  let at = 0;
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    let rest = buffer.subarray(0, bytesRead);
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED)) {
      const bytes = length + end + 1;
      const line = parts.length === 0 ? rest.subarray(0, end) : Buffer.concat([...parts, rest.subarray(0, end)]);
      yield { at, bytes, line: bytes > maxBytes ? null : line };
      at += bytes;
      parts = [];
      length = 0;
      rest = rest.subarray(end + 1);
    }
    length += rest.length;
    // Of a line that is too long nothing more is kept.
    if (length > maxBytes) parts = [];
    else if (rest.length > 0) parts.push(rest);
  }
}
