import type { DataModel, ModelNode } from "../model/types.ts";
import { childPath, type TableRow, type TableRows } from "./layout.ts";

/** The rows a phone leaves the factory with: one for each account, in the slot of the same number. */
export function factoryRows(model: DataModel, accounts: number): TableRows {
  const rows = new Map<string, readonly TableRow[]>();
  const visit = (node: ModelNode, path: string): void => {
    if (node.kind === "object") for (const child of node.children) visit(child, childPath(path, child));
    if (node.kind !== "table") return;
    if (node.rows.kind === "accounts") {
      rows.set(
        path,
        Array.from({ length: accounts }, (_, at) => ({ instance: at + 1, slot: at + 1 })),
      );
      return;
    }
    if (node.rows.kind === "dynamic") return;
    if (node.rows.kind === "listed") {
      rows.set(
        path,
        [...node.rows.rows.keys()].map((instance, at) => ({ instance, slot: at + 1 })),
      );
      for (const [row, listed] of node.rows.rows) visit(listed.node, `${path}${row}.`);
      return;
    }
    for (let row = 1; row <= node.rows.count; row++) visit(node.row, `${path}${row}.`);
  };
  visit(model.root, model.root.template);
  return rows;
}
