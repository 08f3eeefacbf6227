import type { BackendKey } from "../../ports/backend.ts";
import type { Hash } from "../../ports/hash.ts";
import type { Lifecycle } from "../core/lifecycle.ts";

/** Hashes of the YAML lines, to be kept for the next start. */
export function hashSettings(
  settings: ReadonlyMap<BackendKey, string>,
  salt: string,
  hash: Hash,
): Readonly<Record<BackendKey, string>> {
  return Object.fromEntries([...settings].map(([key, text]) => [key, shortened(hash(salt, `${key}=${text}`))]));
}

/** Of a keyed hash: nobody can make another line with the same 128 bits, and thousands of phones keep a dozen of them each. */
const DIGITS = 32;

/** A text of its own: a slice would keep the whole. */
function shortened(hash: string): string {
  return [...hash].slice(0, DIGITS).join("");
}

/**
 * The YAML lines that differ from the last start's: each is a local change made now. At the very first start that is
 * every line: nothing has been set at run time yet that could go before it.
 */
export function changedSettings(
  settings: ReadonlyMap<BackendKey, string>,
  known: Lifecycle["settings"],
  hashes: Readonly<Record<BackendKey, string>>,
): ReadonlyMap<BackendKey, string> {
  // Earlier versions kept all digits.
  return new Map([...settings].filter(([key]) => known?.[key]?.slice(0, DIGITS) !== hashes[key]));
}
