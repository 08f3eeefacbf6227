import type { BackendKey } from "../ports/backend.ts";
import { inFileOrder } from "./key-order.ts";
import { expandKey } from "./key-template.ts";
import type { DataModel, ModelNode, ParameterDef, TableNode } from "./types.ts";
import { defaultOf } from "./value.ts";

type Rows = ReadonlyMap<string, number>;

/**
 * The settings that a phone with so many accounts leaves the factory with: every key of the data model with its encoded
 * default, for the account slots 1 to `accounts`, in the order of a fresh phone file.
 */
export function factorySettings(model: DataModel, accounts: number): Map<BackendKey, string> {
  const settings = new Map<BackendKey, string>();
  addNode(settings, model.root, new Map(), 1, accounts);
  return new Map(inFileOrder(settings.keys()).map((key) => [key, settings.get(key) ?? ""]));
}

function addNode(settings: Map<BackendKey, string>, node: ModelNode, rows: Rows, row: number, accounts: number): void {
  if (node.kind === "parameter") addParameter(settings, node, rows, row);
  else if (node.kind === "object") for (const child of node.children) addNode(settings, child, rows, row, accounts);
  else if (node.kind === "table") addTable(settings, node, rows, accounts);
}

function addTable(settings: Map<BackendKey, string>, table: TableNode, rows: Rows, accounts: number): void {
  if (table.rows.kind === "dynamic") return;
  if (table.rows.kind === "listed") {
    for (const [row, { node }] of table.rows.rows) addNode(settings, node, rows, row, accounts);
    return;
  }
  const count = table.rows.kind === "fixed" ? table.rows.count : accounts;
  for (let row = 1; row <= count; row += 1) {
    addNode(settings, table.row, new Map([...rows, [table.name, row]]), row, accounts);
  }
}

/** Read-only parameters over a key are another view of a setting: the writable one decides. */
function addParameter(settings: Map<BackendKey, string>, def: ParameterDef, rows: Rows, row: number): void {
  if (def.source.kind !== "config" || !def.writable) return;
  const { keys, encoding } = def.source;
  const texts = encoding.encode(defaultOf(def, row), keys.length);
  for (const [index, key] of keys.entries()) settings.set(expandKey(key, rows), texts[index] ?? "");
}
