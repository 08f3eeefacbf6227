import { valueRefusal } from "../../autop/document.ts";
import type { BackendKey } from "../../ports/backend.ts";

/**
 * The input of a hook: one object a line, in exactly this form, so that a shell needs no JSON parser. No blanks
 * between tokens, keys in the given order, nothing escaped except `"`, `\` and control characters.
 */
export function jsonLines(objects: readonly Readonly<Record<string, string>>[]): string {
  return objects.map((object) => `${JSON.stringify(object)}\n`).join("");
}

/** A hook's answer for a key; `null`: it does not exist. Undefined: the line has the key alone. */
export interface SaidOfKey {
  readonly key: BackendKey;
  readonly value: string | null | undefined;
}

/** One parsed line, or the problem as the end of the sentence "a line …". Never quotes a value. */
export function parseKeyLine(line: string): SaidOfKey | string {
  let found: unknown;
  try {
    found = JSON.parse(line);
  } catch {
    return "is not JSON";
  }
  if (typeof found !== "object" || found === null || Array.isArray(found)) return "is not a JSON object";
  const { key, value } = found as Readonly<Record<string, unknown>>;
  if (typeof key !== "string") return "has no key";
  if (value === null || value === undefined) return { key, value };
  if (typeof value !== "string") return `has a value for ${shownKey(key)} that is not text: put numbers in quotes too`;
  const problem = valueProblem(key, value);
  return problem === null ? { key, value } : `has a value for ${shownKey(key)} ${problem}`;
}

/**
 * All answers of a hook for the requested keys.
 *
 * @returns the problem, as the end of the sentence "the hook …", if any line is invalid: then all are rejected
 */
export function parseKeyLines(
  output: Uint8Array,
  asked: ReadonlySet<BackendKey>,
): ReadonlyMap<BackendKey, string | null | undefined> | string {
  const text = decode(output);
  if (text === null) return "printed text that is not UTF-8";
  const said = new Map<BackendKey, string | null | undefined>();
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const found = parseKeyLine(line);
    const where = `printed a line (${index + 1}) that`;
    if (typeof found === "string") return `${where} ${found}`;
    if (!asked.has(found.key)) return `${where} names ${shownKey(found.key)}, which it was not asked for`;
    if (said.has(found.key)) return `${where} names ${found.key} again`;
    said.set(found.key, found.value);
  }
  return said;
}

/** For a log line: invalid output may contain anything, even a password. */
export function shownKey(key: string): string {
  return /^(?:Config|Status|Action)(?:\.[\w-]{1,64}){1,6}$/.test(key) ? key : "something that is not a key";
}

function valueProblem(key: BackendKey, value: string): string | null {
  if (/\p{Cc}/u.test(value)) return "with a line break or another control character";
  const refusal = key.startsWith("Config.") ? valueRefusal(value) : null;
  return refusal === null ? null : `that cannot be stored: ${refusal}`;
}

function decode(output: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(output);
  } catch {
    return null;
  }
}
