import { isUtf8 } from "node:buffer";

export type FileEncoding = "utf8" | "latin1";

/**
 * Text of a file of unknown origin. One that is not UTF-8 is taken as Latin-1, which has a character for every byte: so
 * nothing in it is lost when it is written again.
 */
export function decodeFileText(bytes: Buffer): { readonly text: string; readonly encoding: FileEncoding } {
  const encoding = isUtf8(bytes) ? "utf8" : "latin1";
  return { text: bytes.toString(encoding), encoding };
}

/** Text that Latin-1 has no characters for becomes UTF-8, all of the file. */
export function encodeFileText(text: string, encoding: FileEncoding): Buffer {
  return Buffer.from(text, encoding === "latin1" && /^[\0-\xff]*$/.test(text) ? "latin1" : "utf8");
}
