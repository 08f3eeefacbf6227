import { writeSync } from "node:fs";

/** How long to wait for a slow reader per line; one that is stuck must not block the phone. */
const TRIES = 20;
const WAIT_MS = 5;
const RETRIED: ReadonlySet<string> = new Set(["EAGAIN", "EINTR"]);

/**
 * Writes to a file, a pipe or a terminal before the call returns. Throws if the write fails or is incomplete; then
 * the next text begins a new line, and does not wait either while there is no reader.
 */
export function createLogWriter(fd: number): (text: string) => void {
  let isInLine = false;
  let isStuck = false;
  return (text) => {
    const bytes = Buffer.from(isInLine ? `\n${text}` : text);
    for (let at = 0; at < bytes.length; ) {
      try {
        at += writeWithin(fd, bytes.subarray(at), isStuck ? 1 : TRIES);
        isStuck = false;
      } catch (error) {
        isStuck = codeOf(error) === "EAGAIN";
        isInLine = at > 0 || isInLine;
        throw error;
      }
    }
    isInLine = false;
  };
}

/** The number of bytes written, one or more. */
function writeWithin(fd: number, bytes: Uint8Array, tries: number): number {
  for (let left = tries; ; left--) {
    try {
      return writeSync(fd, bytes);
    } catch (error) {
      if (!RETRIED.has(codeOf(error)) || left <= 1) throw error;
      // Nothing else may run meanwhile: lines leave the process in their order.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
