import type { Hash } from "../../ports/hash.ts";

/** Tells whether a file has changed without keeping what is in it. */
export type Fingerprint = (content: Uint8Array) => string;

export function createFingerprint(hash: Hash, salt: string): Fingerprint {
  // One character for each byte: different contents are different texts.
  return (content) => hash(salt, new TextDecoder("latin1").decode(content));
}
