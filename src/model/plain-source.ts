import type { ModelSource, SourceNode } from "./source.ts";

/** A file of the data model as JSON: fast to read, for files that were checked when they were written. */
export type PlainNode = string | null | readonly PlainNode[] | { readonly [name: string]: PlainNode };

/** JSON has no line positions: a mistake is reported at the file's beginning. */
export function plainSource(name: string, contents: PlainNode): ModelSource {
  return { name, contents: nodeOf(contents), problems: [], placeOf: () => ({ line: 1, column: 1 }) };
}

/** The same as JSON. Null for what JSON has no place for: such a file must not be compiled ahead. */
export function plainContents(node: SourceNode | null): PlainNode {
  if (node === null || node.kind === "other") return null;
  if (node.kind === "text") return node.text;
  if (node.kind === "list") return node.items.map(plainContents);
  const fields = node.items.map(
    ({ key, value }) => [key.kind === "text" ? key.text : "", plainContents(value)] as const,
  );
  return Object.fromEntries(fields);
}

function nodeOf(value: PlainNode): SourceNode | null {
  if (value === null) return null;
  if (typeof value === "string") return { kind: "text", at: 0, text: value };
  if (isList(value)) return { kind: "list", at: 0, items: value.map(nodeOf) };
  const items = Object.entries(value).map(([name, item]) => ({
    key: { kind: "text" as const, at: 0, text: name },
    value: nodeOf(item),
  }));
  return { kind: "mapping", at: 0, items };
}

function isList(value: readonly PlainNode[] | { readonly [name: string]: PlainNode }): value is readonly PlainNode[] {
  return Array.isArray(value);
}
