import type { Finding } from "../cwmp/findings.ts";

const MAX_LISTED = 100;

/**
 * Findings about parts of a dump that a clone cannot have. Of each kind the first hundred are listed and the rest is
 * counted.
 */
export class FindingList {
  readonly #file: string;
  readonly #text: string;
  readonly #findings: Finding[] = [];
  readonly #counts = new Map<string, number>();

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  /** `at` counts characters of the text; names and values that people read in `message` are the dump's own. */
  add(at: number, code: string, message: string): void {
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    if (count <= MAX_LISTED)
      this.#findings.push({ file: this.#file, ...this.#placeOf(at), code, message, warning: true });
  }

  /** In the order of the file. */
  all(): readonly Finding[] {
    const more = [...this.#counts].flatMap(([code, count]): Finding[] => {
      const message = `${count - MAX_LISTED} more of this kind are not listed`;
      return count <= MAX_LISTED ? [] : [{ file: this.#file, line: 0, column: 0, code, message, warning: true }];
    });
    return [...this.#findings.toSorted((a, b) => a.line - b.line || a.column - b.column), ...more];
  }

  #placeOf(at: number): { readonly line: number; readonly column: number } {
    let line = 1;
    let start = 0;
    for (let end = this.#text.indexOf("\n"); end !== -1 && end < at; end = this.#text.indexOf("\n", start)) {
      line++;
      start = end + 1;
    }
    return { line, column: at - start + 1 };
  }
}
