import type { FindingCode } from "./finding-codes.ts";

/**
 * The content of a data model file, independent of its syntax. `at` is where a node begins, to be turned into a line
 * by the source it came from. Every scalar is text as it was written: YAML's own ideas of numbers and booleans stay out.
 */
export type SourceNode =
  | { readonly kind: "text"; readonly at: number; readonly text: string }
  | { readonly kind: "list"; readonly at: number; readonly items: readonly (SourceNode | null)[] }
  | { readonly kind: "mapping"; readonly at: number; readonly items: readonly SourceField[] }
  /** A node that the data model does not support, such as an alias. */
  | { readonly kind: "other"; readonly at: number };

export interface SourceField {
  readonly key: SourceNode;
  readonly value: SourceNode | null;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface SourceProblem {
  readonly at: number;
  readonly code: FindingCode;
  readonly message: string;
}

/** One parsed file, not checked yet. */
export interface ModelSource {
  readonly name: string;
  /** Null when the file cannot be read at all. */
  readonly contents: SourceNode | null;
  readonly problems: readonly SourceProblem[];
  placeOf(at: number): Place;
}
