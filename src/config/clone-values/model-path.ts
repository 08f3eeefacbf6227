import type { DataModel, ModelNode, ObjectNode, ParameterDef } from "../../model/types.ts";
import { nearest } from "../../system/nearest.ts";

type Found =
  | { readonly def: ParameterDef }
  /** The rest of a sentence that begins with the path. */
  | { readonly problem: string };

/** The parameter of a clone with this path, in a row that the dump has; otherwise the most similar path. */
export function findParameter({ root }: DataModel, path: string): Found {
  const { node, meant } = walk(root, path.split("."));
  if (meant !== path)
    return { problem: `is not a parameter of the clone${meant === null ? "" : `; did you mean ${meant}?`}` };
  if (node.kind === "parameter") return { def: node };
  return { problem: "is an object of the clone, and has no value: name one of its parameters" };
}

interface Walked {
  readonly node: ModelNode;
  /** Null: no similar path. */
  readonly meant: string | null;
}

/** Walks down the tree and takes the most similar name where none is equal. Only siblings are compared. */
function walk(root: ObjectNode, [first = "", ...names]: readonly string[]): Walked {
  let node: ModelNode = root;
  const meant = [nearest(first, [root.name])];
  for (const name of names) {
    const below = childrenOf(node);
    const known = below.has(name) ? name : nearest(name, below.keys());
    meant.push(known);
    const next = known === null ? undefined : below.get(known);
    if (next === undefined) break;
    node = next;
  }
  return { node, meant: meant.includes(null) ? null : meant.join(".") };
}

/** By their names in paths; of a table the rows that the dump has. */
function childrenOf(node: ModelNode): ReadonlyMap<string, ModelNode> {
  if (node.kind === "object") return new Map(node.children.map((child) => [child.name, child]));
  if (node.kind !== "table" || node.rows.kind !== "listed") return new Map();
  return new Map([...node.rows.rows].map(([row, listed]) => [String(row), listed.node]));
}
