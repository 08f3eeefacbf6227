import type { Applied, BackendChange, BackendKey } from "../../ports/backend.ts";

/** A plug-in returned an invalid answer. The message never contains a value. */
export class Nonsense extends Error {
  override readonly name = "Nonsense";

  constructor(expected: string, found: unknown) {
    super(`it must answer ${expected}, not ${kindOf(found)}`);
  }
}

/** The type of a value for a person, without its content. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return value === null ? "null" : "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "function") return "a function";
  if (typeof value !== "object") return `a ${typeof value}`;
  const { name } = (Object.getPrototypeOf(value)?.constructor ?? { name: "Object" }) as { readonly name?: unknown };
  return typeof name === "string" && name !== "Object" ? `a ${name}` : "an object";
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

export function valuesOf(answer: unknown, asked: readonly BackendKey[]): ReadonlyMap<BackendKey, string> {
  if (!(answer instanceof Map)) throw new Nonsense("a Map of texts", answer);
  const wanted = new Set(asked);
  for (const [key, value] of answer) {
    if (!wanted.has(key)) throw new Error(`it answers a key that was not requested: ${shortKey(key)}`);
    if (typeof value !== "string") throw new Nonsense(`a text for ${key}`, value);
  }
  return answer;
}

export function appliedOf(answer: unknown): Applied {
  if (answer !== "applied" && answer !== "needs-reboot") throw new Nonsense('"applied" or "needs-reboot"', answer);
  return answer;
}

export function bytesOf(answer: unknown): Uint8Array {
  if (!(answer instanceof Uint8Array)) throw new Nonsense("a Uint8Array", answer);
  return answer;
}

export function placeOf(answer: unknown): string | null {
  if (answer !== null && typeof answer !== "string") throw new Nonsense("a text or null", answer);
  return answer;
}

export function booleanOf(answer: unknown): boolean {
  if (typeof answer !== "boolean") throw new Nonsense("true or false", answer);
  return answer;
}

/** The argument of `onChange`. */
export function changesOf(report: unknown): readonly BackendChange[] {
  if (!Array.isArray(report)) throw new Nonsense("a list of changes", report);
  return report.map((change: unknown) => {
    if (!isObject(change)) throw new Nonsense("changes { key, before, after }", change);
    const { key, before, after } = change;
    if (typeof key !== "string") throw new Nonsense("a text as the key of a change", key);
    if (!isTextOrNothing(before) || !isTextOrNothing(after))
      throw new Nonsense(
        `texts, or undefined, as before and after of ${shortKey(key)}`,
        isTextOrNothing(before) ? after : before,
      );
    return { key, before, after };
  });
}

function isTextOrNothing(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}

function shortKey(key: unknown): string {
  return typeof key === "string" ? key.slice(0, 100) : kindOf(key);
}
