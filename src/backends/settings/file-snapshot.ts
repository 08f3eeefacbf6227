import { isUtf8 } from "node:buffer";
import type { Scheduler } from "../../ports/clock.ts";
import { fileSignature, signatureOf } from "../../system/atomic-file.ts";
import { hasCode } from "../../system/io-errors.ts";
import { openShared } from "../../system/safe-file.ts";
import { delay } from "../poll.ts";

/** The content of a file; without a file `text` is empty and `signature` null. */
export interface FileSnapshot {
  readonly text: string;
  readonly encoding: FileEncoding;
  readonly signature: string | null;
}

/** Limit for reads, and so for writes. A phone's file has some 60 kB. */
export const MAX_FILE_BYTES = 4 * 2 ** 20;
/** A writer that pauses longer than this counts as done. */
const QUIET_MS = 200;
const MAX_TRIES = 10;

/**
 * Reads a file when no writer is active, so that half of an edit is not taken for all of it.
 *
 * @param known the signature of the last read
 * @returns null when the file is still as it was
 * @throws the error of the file system, or an Error when the file is too large or does not come to rest within two seconds
 */
export async function readWhenQuiet(
  path: string,
  known: string | null,
  scheduler: Scheduler,
): Promise<FileSnapshot | null> {
  let seen = await fileSignature(path);
  if (seen === known) return null;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    await delay(scheduler, QUIET_MS, "wait until a file is written");
    const snapshot = await readSnapshot(path);
    // First read, then compared: an unchanged signature proves that nothing changed in between.
    const now = await fileSignature(path);
    if (now === seen && snapshot.signature === seen) return snapshot;
    seen = now;
  }
  throw new Error("it keeps changing while it is read");
}

/** The file cannot be a phone's file, so reading it again is useless. */
export class UnusableFile extends Error {
  override readonly name = "UnusableFile";
}

/** Throws UnusableFile, or the error of the file system. */
export async function readSnapshot(path: string): Promise<FileSnapshot> {
  const handle = await openShared(path).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  });
  if (handle === null) return { text: "", encoding: "utf8", signature: null };
  try {
    const status = await handle.stat({ bigint: true });
    if (status.size > MAX_FILE_BYTES) throw new UnusableFile(`it has more than ${MAX_FILE_BYTES} bytes`);
    const bytes = await handle.readFile();
    if (bytes.includes(0)) throw new UnusableFile("it is not a text file");
    return { ...decodeFileText(bytes), signature: signatureOf(status) };
  } finally {
    await handle.close();
  }
}

export type FileEncoding = "utf8" | "latin1";

/**
 * Text of a file of unknown origin. One that is not UTF-8 is taken as Latin-1, which has a character for every byte:
 * so nothing is lost when the file is written again.
 */
export function decodeFileText(bytes: Buffer): { readonly text: string; readonly encoding: FileEncoding } {
  const encoding = isUtf8(bytes) ? "utf8" : "latin1";
  return { text: bytes.toString(encoding), encoding };
}

/** With text outside of Latin-1 the whole file becomes UTF-8. */
export function encodeFileText(text: string, encoding: FileEncoding): Buffer {
  return Buffer.from(text, encoding === "latin1" && /^[\0-\xff]*$/.test(text) ? "latin1" : "utf8");
}
