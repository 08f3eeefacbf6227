import type { DataModel, ListedRow, ModelNode, ObjectNode, ParameterDef } from "../../model/types.ts";

/** The data model with other definitions of the parameters at these paths. Objects on no path to them are shared. */
export function withParameters(model: DataModel, defs: ReadonlyMap<string, ParameterDef>): DataModel {
  return Object.freeze({
    ...model,
    root: objectWith(model.root, new Below(defs)),
    parameters: model.parameters.map((def) => defs.get(def.template) ?? def),
  });
}

/** The objects on the paths to the parameters. */
class Below {
  readonly defs: ReadonlyMap<string, ParameterDef>;
  readonly #objects: ReadonlySet<string>;

  constructor(defs: ReadonlyMap<string, ParameterDef>) {
    this.defs = defs;
    this.#objects = new Set([...defs.keys()].flatMap(objectsAbove));
  }

  has(template: string): boolean {
    return this.#objects.has(template);
  }
}

/** `Device.`, `Device.LAN.` of `Device.LAN.IPAddress`. */
function objectsAbove(path: string): readonly string[] {
  return [...path.matchAll(/\./g)].map(({ index }) => path.slice(0, index + 1));
}

function objectWith(object: ObjectNode, below: Below): ObjectNode {
  return { ...object, children: object.children.map((child) => nodeWith(child, below)) };
}

function nodeWith(node: ModelNode, below: Below): ModelNode {
  if (node.kind === "parameter") return below.defs.get(node.template) ?? node;
  if (!below.has(node.template)) return node;
  if (node.kind === "object") return objectWith(node, below);
  if (node.kind !== "table" || node.rows.kind !== "listed") return node;
  const rows = new Map([...node.rows.rows].map(([row, listed]) => [row, rowWith(listed, below)]));
  return { ...node, rows: { ...node.rows, rows } };
}

function rowWith(row: ListedRow, below: Below): ListedRow {
  return below.has(row.node.template) ? { ...row, node: objectWith(row.node, below) } : row;
}
