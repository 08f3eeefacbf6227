import { MAX_PATH } from "../cwmp/types.ts";
import { readAlias } from "./alias-reader.ts";
import { Fields } from "./model-file.ts";
import { readConfirmed, readParameter, readStandard } from "./parameter-reader.ts";
import type { Draft, DraftObject, EnclosingTable, Scope } from "./scope.ts";
import type { SourceNode } from "./source.ts";
import type { TableRowsDef } from "./types.ts";

/** The common fields of a file, an object and the row of a table. */
export const BODY_FIELDS = ["parameters", "objects", "tables", "aliases", "rules"] as const;

const OBJECT_FIELDS = ["description", "standard", "confirmed", ...BODY_FIELDS];
const TABLE_FIELDS = ["rows", "max", "creatable", "ranked", ...OBJECT_FIELDS];

/** Letter or underscore, then letters, digits, `_` and `-` (TR-106 3.1; C-260). */
const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** `readRules` is handed in: rules are read when everything has been declared. */
export type ReadRules = (scope: Scope, node: SourceNode | null) => void;

/** Declares everything that stands below an object. */
export function readBody(draft: Draft, scope: Scope, object: DraftObject, fields: Fields, readRules: ReadRules): void {
  for (const { name, at, value } of named(draft, scope, fields, "parameters")) {
    const def = readParameter(scope, draft, name, value ?? at);
    if (def === null) continue;
    draft.parameters.set(def.template, def);
    draft.declarations.set(def.template, { file: scope.file, node: at });
    object.node.children.push(def);
  }
  for (const { name, at, value } of named(draft, scope, fields, "objects")) {
    readObject(draft, scope, object, name, value ?? at, readRules);
  }
  for (const { name, at, value } of named(draft, scope, fields, "tables")) {
    readTable(draft, scope, object, name, value ?? at, readRules);
  }
  for (const { name, at, value } of named(draft, scope, fields, "aliases")) {
    readAlias(draft, scope, object, name, value ?? at);
  }
  if (fields.has("rules")) draft.later.push(() => readRules(scope, fields.value("rules")));
}

interface Named {
  readonly name: string;
  readonly at: SourceNode;
  readonly value: SourceNode | null;
}

/** The children of one kind whose names are good and new. */
function named(
  draft: Draft,
  scope: Scope,
  fields: Fields,
  kind: "parameters" | "objects" | "tables" | "aliases",
): readonly Named[] {
  if (!fields.has(kind)) return [];
  const children = Fields.read(scope.file, fields.at(kind), kind, null)?.all() ?? [];
  return children
    .filter(({ name, key }) => declare(draft, scope, name, key))
    .map(({ name, key, value }) => ({ name, at: key, value }));
}

function declare(draft: Draft, scope: Scope, name: string, key: SourceNode): boolean {
  const path = scope.object + name;
  if (!NAME.test(name)) {
    scope.file.report(key, "BAD_NAME", `${name} is not a name: a letter or _, then letters, digits, _ and -`);
  } else if (path.length >= MAX_PATH) {
    scope.file.report(key, "PATH_TOO_LONG", `the path of ${name} has more than ${MAX_PATH} characters`);
  } else if (draft.declared.has(path)) {
    scope.file.report(key, "DUPLICATE_PATH", `${path} is declared already; a name is given once`);
  } else {
    draft.declared.add(path);
    return true;
  }
  return false;
}

function newObject(draft: Draft, object: DraftObject): DraftObject {
  draft.objects.set(object.node.template, object);
  return object;
}

function readObject(
  draft: Draft,
  scope: Scope,
  parent: DraftObject,
  name: string,
  value: SourceNode,
  readRules: ReadRules,
): void {
  const fields = Fields.read(scope.file, value, name, OBJECT_FIELDS);
  if (fields === null) return;
  const template = `${scope.object}${name}.`;
  const description = fields.required("description") ?? "";
  const standard = fields.has("standard") ? readStandard(scope, fields) : scope.standard;
  const node = { kind: "object" as const, name, template, description, children: [] };
  const confirmed = readConfirmed(scope, fields);
  const object = newObject(draft, { node, tables: scope.tables, standard, confirmed });
  parent.node.children.push(node);
  readBody(draft, { ...scope, object: template, standard, confirmed }, object, fields, readRules);
}

function readTable(
  draft: Draft,
  scope: Scope,
  parent: DraftObject,
  name: string,
  value: SourceNode,
  readRules: ReadRules,
): void {
  const fields = Fields.read(scope.file, value, name, TABLE_FIELDS);
  if (fields === null) return;
  const template = `${scope.object}${name}.`;
  const description = fields.required("description") ?? "";
  const standard = fields.has("standard") ? readStandard(scope, fields) : scope.standard;
  const rows = readRows(scope, fields);
  const tables: readonly EnclosingTable[] = [...scope.tables, { name, rows }];
  const node = { kind: "object" as const, name: "{i}", template: `${template}{i}.`, description, children: [] };
  const confirmed = readConfirmed(scope, fields);
  const row = newObject(draft, { node, tables, standard, confirmed });
  const creatable = readCreatable(scope, fields, rows);
  const table = { kind: "table" as const, name, template, description, rows, creatable, row: node };
  draft.tables.set(template, table);
  parent.node.children.push(table);
  readRanked(draft, scope, fields, node.template);
  readBody(draft, { ...scope, object: node.template, tables, standard, confirmed }, row, fields, readRules);
}

/** `ranked: Priority`: a writable whole number of the row. */
function readRanked(draft: Draft, { file }: Scope, fields: Fields, row: string): void {
  const name = fields.text("ranked");
  if (name === null) return;
  draft.later.push(() => {
    const def = draft.parameters.get(row + name);
    const isRank = def?.type === "unsignedInt" && def.writable && def.minimum !== null && def.maximum !== null;
    if (isRank) draft.ranked.push(def.template);
    else file.report(fields.at("ranked"), "WRONG_VALUE", "ranked names a writable unsignedInt of the row with a range");
  });
}

function readRows(scope: Scope, fields: Fields): TableRowsDef {
  const rows = fields.required("rows");
  if (rows === "dynamic") {
    fields.required("max");
    return { kind: "dynamic", max: fields.integer("max", 1) ?? 1 };
  }
  if (fields.has("max")) scope.file.report(fields.at("max"), "WRONG_VALUE", "max goes with rows: dynamic");
  if (rows === "accounts") return { kind: "accounts" };
  return { kind: "fixed", count: fields.integer("rows", 1) ?? 1 };
}

function readCreatable(scope: Scope, fields: Fields, rows: TableRowsDef): boolean {
  if (rows.kind === "dynamic") return true;
  const creatable = fields.flag("creatable");
  if (creatable && rows.kind === "fixed") {
    scope.file.report(fields.at("creatable"), "WRONG_VALUE", "a table with a fixed number of rows cannot be creatable");
  }
  return creatable;
}
