import { AgentError } from "../cwmp/errors.ts";
import type { XmlElement } from "../soap/messages.ts";
import { NotWellFormed, parseXml } from "../soap/xml-reader.ts";
import { type DumpBuilder, MAX_PARAMETERS, ROOTS } from "./dump.ts";
import { ModelDefinitions, type ObjectDefinition } from "./model-definitions.ts";
import { attribute, ModelLibrary, placeOf } from "./model-library.ts";
import { factsOf } from "./model-syntax.ts";

/** A document of 9 MB has about a third of it; a larger one would take a gigabyte of memory. */
const BOUNDS = { maxMarkup: 400_000, maxQuotes: 1_000_000, places: true };
/** Rows of a table at the start, however many it must have. */
const MAX_ROWS = 32;
/** A service (TR-104) is a part of a device. */
const SERVICES = "Device.Services.";

export function isModelXml(text: string): boolean {
  return /^\uFEFF?[\t\n\r ]*</.test(text);
}

/**
 * A data model in the language of the Broadband Forum (TR-106 Annex A, `dm:document`). It describes a type of device:
 * each table gets its minimum of rows, at least one. Returns how many tables may be empty.
 */
export function readModelXml(text: string, dump: DumpBuilder): number {
  const document = documentOf(text, dump);
  const model = document === null ? null : modelOf(document, dump);
  if (document === null || model === null) return 0;
  const library = new ModelLibrary(document, dump.findings);
  const definitions = new ModelDefinitions(library);
  definitions.addModel(model, isService(model) ? SERVICES : "");
  return addInstances(definitions.objects, library, dump);
}

function documentOf(text: string, { findings }: DumpBuilder): XmlElement | null {
  try {
    const root = parseXml(text, BOUNDS);
    if (root.name === "document") return root;
    findings.add(placeOf(root), "NOT_A_DUMP", `the root element is ${root.name.slice(0, 80)}, not dm:document`);
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    const at = error instanceof NotWellFormed ? indexOf(text, error.line, error.column) : 0;
    findings.add(at, "NOT_A_DUMP", error.message.replace("the message", "the document").replace(/ \(line \d+\)$/, ""));
  }
  return null;
}

function indexOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at++) start = text.indexOf("\n", start) + 1;
  return start + column - 1;
}

function modelOf({ children }: XmlElement, { findings }: DumpBuilder): XmlElement | null {
  const models = children.filter(({ name }) => name === "model");
  const bases = new Set(models.map(({ attributes }) => attributes.get("base")));
  const last = models.filter((model) => !bases.has(attribute(model, "name")));
  const model = last.findLast((one) => !isService(one)) ?? last.at(-1) ?? models.at(-1) ?? null;
  if (model === null) findings.add(0, "NOT_A_DUMP", "the document has no model: it defines parts for other documents");
  else if (last.length > 1)
    findings.add(placeOf(model), "SEVERAL_MODELS", `of several models ${attribute(model, "name")} is taken`);
  return model;
}

function isService(model: XmlElement): boolean {
  return /^(?:true|1)$/.test(attribute(model, "isService"));
}

function addInstances(
  objects: ReadonlyMap<string, ObjectDefinition>,
  library: ModelLibrary,
  dump: DumpBuilder,
): number {
  /** The rows of each table, by its path with `{i}` in place of the numbers of rows around it. */
  const rowsOf = new Map<string, number>();
  let optional = 0;
  for (const [path, { minEntries }] of objects) {
    if (!path.endsWith("{i}.")) continue;
    rowsOf.set(path, Math.min(Math.max(1, minEntries), MAX_ROWS));
    if (minEntries === 0) optional++;
  }
  for (const [path, object] of objects) {
    if (!path.endsWith(".") || !ROOTS.some((root) => path.startsWith(`${root}.`))) {
      dump.findings.add(object.at, "UNKNOWN_ROOT", `object ${path} is not below ${ROOTS.join(" or ")}`);
      continue;
    }
    addObject(path, object, { rowsOf, library, dump });
  }
  return optional;
}

interface Instances {
  readonly rowsOf: ReadonlyMap<string, number>;
  readonly library: ModelLibrary;
  readonly dump: DumpBuilder;
}

function addObject(path: string, object: ObjectDefinition, { rowsOf, library, dump }: Instances): void {
  const { at, writable, table, parameters } = object;
  const isTable = path.endsWith(".{i}.");
  const facts = [...parameters].map(
    ([name, element]) => [name, element, factsOf(element, path + name, library)] as const,
  );
  const around = isTable ? path.slice(0, -"{i}.".length) : path;
  for (const parent of instancesOf(around, rowsOf)) {
    if (isTable) dump.object(parent.slice(0, -1), at, writable, table);
    for (const instance of isTable ? rows(parent, rowsOf.get(path) ?? 1) : [parent]) {
      if (dump.isFull) return;
      dump.object(instance.slice(0, -1), at, writable);
      for (const [name, element, said] of facts) dump.parameter(instance + name, placeOf(element), said);
    }
  }
}

/** The path with numbers of rows for each `{i}`. */
function instancesOf(path: string, rowsOf: ReadonlyMap<string, number>): readonly string[] {
  let instances = [""];
  let template = "";
  for (const part of path.split(/(?<=\.)/)) {
    template += part;
    const count = rowsOf.get(template) ?? 1;
    instances = instances.flatMap((instance) => (part === "{i}." ? rows(instance, count) : [instance + part]));
    // Stops at an absurd number of rows: the limit is reported where they are added.
    if (instances.length > MAX_PARAMETERS) instances = instances.slice(0, MAX_PARAMETERS);
  }
  return instances;
}

function rows(table: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `${table}${at + 1}.`);
}
