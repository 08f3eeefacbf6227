import { DATA_TYPES } from "./data-types.ts";
import { Fields, type Spot } from "./model-file.ts";
import { type Draft, resolvePath, rowOf, type Scope } from "./scope.ts";
import { readShape, SHAPE_FIELDS, type Shape } from "./shape-reader.ts";
import type { SourceNode } from "./source.ts";
import { readSource, SOURCE_FIELDS } from "./source-reader.ts";
import type { ModelFact, NotificationRule, ParameterDef } from "./types.ts";
import { checkValue } from "./value.ts";

const NOTIFICATIONS: readonly NotificationRule[] = ["normal", "canDeny", "forceEnabled", "forceDefaultEnabled"];

export const PARAMETER_FIELDS = [
  ...SHAPE_FIELDS,
  "access",
  "writableWhen",
  "reference",
  "hidden",
  "forcedInform",
  "notification",
  "default",
  "restart",
  "units",
  "description",
  "standard",
  "confirmed",
  ...SOURCE_FIELDS,
];

/** One parameter; null if a mistake leaves too little of it. */
export function readParameter(scope: Scope, draft: Draft, name: string, node: SourceNode | null): ParameterDef | null {
  const fields = Fields.read(scope.file, node, name, PARAMETER_FIELDS);
  if (fields === null) return null;
  const shape = readShape(scope, fields);
  const access = readAccess(fields);
  const description = fields.required("description") ?? "";
  const standard = readStandard(scope, fields);
  if (shape === null) return null;
  const values = readValues(scope, fields, shape);
  const defaults = values.map(({ text }) => text);
  const source = readSource({ scope, draft, fields, shape, writable: access.writable, defaults });
  if (source === null) return null;
  const def: ParameterDef = {
    kind: "parameter",
    name,
    template: scope.object + name,
    ...shape,
    ...access,
    writableWhen: readCondition(scope, draft, fields),
    reference: readReference(scope, draft, fields),
    source,
    defaults,
    units: fields.text("units"),
    description,
    standard: standard ?? "",
    confirmed: readConfirmed(scope, fields),
  };
  checkEnumeration(scope, fields, def);
  checkDefaults(scope, def, values);
  return def;
}

/** The standard that a declaration comes from: its own, or that of the object around it. */
export function readStandard(scope: Scope, fields: Fields): string | null {
  const standard = fields.text("standard") ?? scope.standard;
  if (standard === null) {
    scope.file.report(fields.node, "MISSING_FIELD", "standard is missing, here and in the objects around");
  } else if (!/^(?:TR-[0-9]+|vendor)$/.test(standard)) {
    scope.file.report(fields.at("standard"), "WRONG_VALUE", "standard must be vendor or a document such as TR-106");
  }
  return standard;
}

const FACTS: readonly ModelFact[] = ["key", "values", "default", "type"];

/** The confirmed facts of a parameter: its own declaration, otherwise that of the enclosing object. */
export function readConfirmed(scope: Scope, fields: Fields): readonly ModelFact[] {
  const spots = fields.has("confirmed") ? fields.texts("confirmed") : null;
  if (spots === null) return scope.confirmed;
  return spots.flatMap(({ text, node }) => {
    if (text === "none") return [];
    const fact = FACTS.find((known) => known === text);
    if (fact === undefined) scope.file.report(node, "WRONG_VALUE", `confirmed is none, or some of ${FACTS.join(", ")}`);
    return fact ?? [];
  });
}

function readAccess(fields: Fields) {
  fields.required("access");
  return {
    writable: fields.word("access", ["r", "rw"], "r") === "rw",
    hidden: fields.flag("hidden"),
    forcedInform: fields.flag("forcedInform"),
    notification: fields.word("notification", NOTIFICATIONS, "normal"),
    restart: fields.flag("restart"),
  };
}

/** The default or the constant: one, or one for each row of the innermost table. */
function readValues(scope: Scope, fields: Fields, shape: Shape): readonly Spot[] {
  const field = fields.has("constant") ? "constant" : "default";
  if (field === "constant" && fields.has("default")) {
    scope.file.report(fields.at("default"), "SEVERAL_SOURCES", "a constant has no default beside it");
  }
  const values = fields.texts(field);
  if (values === null) return [{ text: DATA_TYPES[shape.type].nullValue, node: fields.node }];
  const rows = scope.tables.at(-1)?.rows;
  if (values.length > 1 && (rows?.kind !== "fixed" || rows.count !== values.length)) {
    const wanted = rows?.kind === "fixed" ? `one value, or ${rows.count}: one for each row` : "one value";
    scope.file.report(fields.at(field), "ROW_COUNT", `${field} takes ${wanted}; found ${values.length}`);
  }
  return values.map((value) =>
    shape.type === "boolean" && !shape.list ? { ...value, text: spellOut(value.text) } : value,
  );
}

function spellOut(flag: string): string {
  return flag === "1" ? "true" : flag === "0" ? "false" : flag;
}

function readCondition(scope: Scope, draft: Draft, fields: Fields): ParameterDef["writableWhen"] {
  const text = fields.text("writableWhen");
  if (text === null) return null;
  const at = fields.at("writableWhen");
  const match = /^(\S+) *= *(.*)$/.exec(text);
  if (match === null) {
    scope.file.report(at, "WRONG_VALUE", "writableWhen is written Path.Of.Parameter = value");
    return null;
  }
  const condition = { path: resolvePath(scope, match[1] ?? ""), value: match[2] ?? "" };
  draft.later.push(() => {
    const other = draft.parameters.get(condition.path);
    const problem = other === undefined ? null : checkValue(other, condition.value);
    if (problem !== null) scope.file.report(at, "WRONG_VALUE", `${condition.path} ${problem}`);
    if (!draft.declared.has(condition.path)) {
      scope.file.report(at, "UNKNOWN_PATH", `there is no parameter ${condition.path}`);
    } else if (!scope.object.startsWith(rowOf(condition.path))) {
      scope.file.report(at, "WRONG_VALUE", `${condition.path} is in a table of its own: which row is not clear here`);
    }
  });
  return condition;
}

/** The agent clears it when the row goes, so it must be a value that the agent itself keeps. */
function readReference(scope: Scope, draft: Draft, fields: Fields): string | null {
  const table = fields.text("reference");
  if (table === null) return null;
  const at = fields.at("reference");
  if (fields.text("agent") !== "stored") scope.file.report(at, "WRONG_VALUE", "reference goes with agent: stored");
  draft.later.push(() => {
    if (!draft.tables.has(table)) {
      const message = `reference: no file declares the table ${table}; write it with its last dot`;
      scope.file.report(at, "UNKNOWN_TABLE", message);
    } else if (table.includes("{i}")) {
      scope.file.report(at, "WRONG_VALUE", `reference: ${table} cannot stand in a row of another table`);
    }
  });
  return table;
}

function checkEnumeration(scope: Scope, fields: Fields, def: ParameterDef): void {
  for (const { text, node } of fields.texts("enumeration") ?? []) {
    const problem = checkValue(def, text);
    if (problem !== null)
      scope.file.report(node, "BAD_ENUMERATION", `${text} cannot be a value of ${def.name}: it ${problem}`);
  }
}

function checkDefaults(scope: Scope, def: ParameterDef, values: readonly Spot[]): void {
  for (const { text, node } of values) {
    const problem = checkValue(def, text);
    const value = def.hidden ? "the default" : text === "" ? "an empty value" : text;
    if (problem !== null)
      scope.file.report(node, "BAD_DEFAULT", `${value} cannot be a value of ${def.name}: it ${problem}`);
  }
}
