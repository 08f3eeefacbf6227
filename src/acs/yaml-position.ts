import { type Document, isMap, isNode, isPair, type LineCounter } from "yaml";
import type { YamlPath } from "./plain-values.ts";

export interface Position {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

/** Where the key or item at `path` stands; where it does not exist, its nearest parent that does. */
export function positionIn(document: Document, lines: LineCounter, path: YamlPath): Position {
  for (let length = path.length; length >= 0; length--) {
    const offset = offsetOf(document, path.slice(0, length));
    if (offset !== null) {
      const { line, col } = lines.linePos(offset);
      return { line, column: col };
    }
  }
  return { line: 1, column: 1 };
}

function offsetOf(document: Document, path: YamlPath): number | null {
  const parent = document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isPair(item) && isNode(item.key) && String(item.key) === String(last));
    if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0] ?? null;
  }
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}
