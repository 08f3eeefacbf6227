import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { ModelSource, SourceField, SourceNode, SourceProblem } from "./source.ts";

/** A file of the data model as people write it. */
export function parseYamlSource(name: string, text: string): ModelSource {
  try {
    return readSource(name, text);
  } catch (error) {
    // The parser recurses at each level without a limit of its own.
    if (error instanceof RangeError) return { name, contents: null, problems: [TOO_DEEP], placeOf: () => START };
    throw error;
  }
}

const START = { line: 1, column: 1 };
const TOO_DEEP: SourceProblem = { at: 0, code: "YAML_SYNTAX", message: "the file is nested too deep to be read" };

function readSource(name: string, text: string): ModelSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: "failsafe", lineCounter: lines, prettyErrors: false });
  const readable = document.errors.every((error) => error.code === "DUPLICATE_KEY");
  return {
    name,
    contents: readable ? nodeOf(document.contents) : null,
    problems: problemsOf(document, readable),
    placeOf(at) {
      const { line, col } = lines.linePos(at);
      return { line: Math.max(line, 1), column: Math.max(col, 1) };
    },
  };
}

function problemsOf(document: Pick<Document, "errors" | "contents">, readable: boolean): readonly SourceProblem[] {
  const problems = document.errors.map(({ code, pos, message }): SourceProblem => {
    if (code !== "DUPLICATE_KEY") return { at: pos[0], code: "YAML_SYNTAX", message };
    return { at: pos[0], code: "DUPLICATE_FIELD", message: "this name appears twice here; keep one" };
  });
  const empty = document.contents === null && readable;
  return empty ? [...problems, { at: 0, code: "MISSING_FIELD", message: "the file is empty" }] : problems;
}

function nodeOf(node: Node | null): SourceNode | null {
  if (node === null) return null;
  const at = node.range?.[0] ?? 0;
  if (isScalar(node)) return { kind: "text", at, text: String(node.value ?? "") };
  if (isSeq<Node | null>(node)) return { kind: "list", at, items: node.items.map(nodeOf) };
  if (isMap<Node, Node | null>(node)) return { kind: "mapping", at, items: node.items.map(fieldOf) };
  return { kind: "other", at };
}

function fieldOf({ key, value }: { readonly key: Node; readonly value: Node | null }): SourceField {
  return { key: nodeOf(key) ?? { kind: "other", at: 0 }, value: nodeOf(value) };
}
