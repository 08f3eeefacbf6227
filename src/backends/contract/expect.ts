import { isDeepStrictEqual } from "node:util";

/** A backend broke its contract: what was expected, and what it did. */
export class BrokenPromise extends Error {
  override readonly name = "BrokenPromise";
  readonly expected: string;
  readonly found: string;

  constructor(expected: string, found: string) {
    super(`expected ${expected}; found ${found}`);
    this.expected = expected;
    this.found = found;
  }
}

/** @param what is compared, such as `read of Config.Account1.GENERAL.Label` */
export function expectEqual(what: string, found: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(found, expected)) throw new BrokenPromise(`${what}: ${shown(expected)}`, shown(found));
}

export function expectThat(holds: boolean, expected: string, found: string): void {
  if (!holds) throw new BrokenPromise(expected, found);
}

/** Maps and lists by their content, cut to a readable length. */
export function shown(value: unknown): string {
  if (value instanceof Map) return shown(Object.fromEntries(value));
  const text = value === undefined ? "nothing" : (JSON.stringify(value) ?? typeof value);
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}
