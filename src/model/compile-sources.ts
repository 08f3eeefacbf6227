import { FindingsError } from "../cwmp/findings.ts";
import { Fields, ModelFile } from "./model-file.ts";
import { BODY_FIELDS, readBody } from "./object-reader.ts";
import { readConfirmed } from "./parameter-reader.ts";
import { readRules } from "./rule-reader.ts";
import type { Draft, DraftObject, Scope } from "./scope.ts";
import { checkSharedKeys } from "./shared-keys.ts";
import type { ModelSource } from "./source.ts";
import type { DataModel, ModelNode, ModelRule, ParameterDef } from "./types.ts";

const FILE_FIELDS = ["in", "position", "standard", "confirmed", ...BODY_FIELDS];
const ROOT = "Device.";

/** A file whose outer fields have been read. */
interface Part {
  readonly file: ModelFile;
  readonly fields: Fields;
  /** The object that the file adds to. */
  readonly within: string;
  readonly position: number;
}

/**
 * Makes a data model of files that have been parsed (`yaml-source.ts`, `plain-source.ts`). Throws FindingsError with every mistake of all files.
 * The result is frozen and without state: one serves any number of agents.
 */
export function compileSources(sources: readonly ModelSource[]): DataModel {
  const root = newRoot();
  const draft = newDraft(root);
  const rules: ModelRule[] = [];
  const parts = sources.flatMap((source) => readPart(draft, source) ?? []);
  const left = addParts(draft, parts, rules);
  // If a file is unreadable, references of other files to it would be reported as well.
  if (parts.length === sources.length) for (const part of left) reportUnknownObject(part);
  for (const check of draft.later) check();
  sortChildren(draft);
  const parameters = parametersBelow(root.node);
  checkSharedKeys(parameters, draft.declarations);
  if (draft.findings.length > 0) throw new FindingsError(inReadingOrder(draft));
  return deepFreeze({ root: root.node, parameters, rules, ranked: draft.ranked });
}

function newRoot(): DraftObject {
  const node = { kind: "object" as const, name: "Device", template: ROOT, description: "The phone.", children: [] };
  return { node, tables: [], standard: null, confirmed: [] };
}

function newDraft(root: DraftObject): Draft {
  return {
    findings: [],
    declared: new Set(["Device"]),
    objects: new Map([[ROOT, root]]),
    tables: new Map(),
    aliases: new Set(),
    parameters: new Map(),
    declarations: new Map(),
    ranked: [],
    later: [],
  };
}

function readPart(draft: Draft, source: ModelSource): Part | null {
  const file = new ModelFile(source, draft.findings);
  if (file.contents === null) return null;
  const fields = Fields.read(file, file.contents, "the file", FILE_FIELDS);
  const within = fields?.required("in") ?? null;
  if (fields === null || within === null) return null;
  return { file, fields, within, position: fields.integer("position", 0) ?? Number.MAX_SAFE_INTEGER };
}

/** Adds the files by position, each after the object that it extends. Returns the rest. */
function addParts(draft: Draft, parts: readonly Part[], rules: ModelRule[]): readonly Part[] {
  let waiting = parts.toSorted((a, b) => a.position - b.position || (a.file.name < b.file.name ? -1 : 1));
  for (;;) {
    const next = waiting.find(({ within }) => draft.objects.has(within));
    if (next === undefined) return waiting;
    waiting = waiting.filter((part) => part !== next);
    addPart(draft, next, rules);
  }
}

function addPart(draft: Draft, { file, fields, within }: Part, rules: ModelRule[]): void {
  const object = draft.objects.get(within);
  if (object === undefined) return;
  const standard = fields.text("standard") ?? object.standard;
  const outer: Scope = { file, object: within, tables: object.tables, standard, confirmed: object.confirmed };
  const scope = { ...outer, confirmed: readConfirmed(outer, fields) };
  readBody(draft, scope, object, fields, (ruleScope, node) => {
    rules.push(...readRules(ruleScope, draft, node));
  });
}

function reportUnknownObject({ file, fields, within }: Part): void {
  const message = `in: no file declares the object ${within}; write it with its last dot, and {i} for instance numbers`;
  file.report(fields.at("in"), "UNKNOWN_OBJECT", message);
}

const KIND_ORDER = { parameter: 0, object: 1, table: 1, alias: 1 } as const;

/** Parameters come before objects and tables, also where several files added to one object. */
function sortChildren(draft: Draft): void {
  for (const { node } of draft.objects.values()) {
    node.children.sort((a, b) => KIND_ORDER[a.kind] - KIND_ORDER[b.kind]);
  }
}

function parametersBelow(node: ModelNode): readonly ParameterDef[] {
  if (node.kind === "parameter") return [node];
  if (node.kind === "alias") return [];
  return node.kind === "table" ? parametersBelow(node.row) : node.children.flatMap(parametersBelow);
}

function inReadingOrder(draft: Draft) {
  return draft.findings.toSorted(
    (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
}

/** Freezes a value with everything in it, functions and regular expressions included. */
function deepFreeze<T>(value: T): T {
  if (value === null || (typeof value !== "object" && typeof value !== "function") || Object.isFrozen(value))
    return value;
  Object.freeze(value);
  for (const key of Reflect.ownKeys(value)) deepFreeze(Reflect.get(value, key));
  return value;
}
