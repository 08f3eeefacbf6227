import type { BackendKey } from "../../ports/backend.ts";
import type { Hash } from "../../ports/hash.ts";
import type { Lifecycle } from "../core/lifecycle.ts";

/** Hashes of the YAML lines, stored for the next start. */
export function hashSettings(
  settings: ReadonlyMap<BackendKey, string>,
  salt: string,
  hash: Hash,
): Readonly<Record<BackendKey, string>> {
  return Object.fromEntries([...settings].map(([key, text]) => [key, shortened(hash(salt, `${key}=${text}`))]));
}

/** Hexadecimal digits kept of a keyed hash: 128 bits rule out a forged match, and thousands of phones store a dozen hashes each. */
const DIGITS = 32;

/** A copy: a slice would keep the whole text in memory. */
function shortened(hash: string): string {
  return [...hash].slice(0, DIGITS).join("");
}

/**
 * The YAML lines that differ from the last start's: each is a local change made now. At the very first start every
 * line counts as changed, because nothing has been set at run time yet.
 */
export function changedSettings(
  settings: ReadonlyMap<BackendKey, string>,
  known: Lifecycle["settings"],
  hashes: Readonly<Record<BackendKey, string>>,
): ReadonlyMap<BackendKey, string> {
  // Earlier versions stored all digits.
  return new Map([...settings].filter(([key]) => known?.[key]?.slice(0, DIGITS) !== hashes[key]));
}
