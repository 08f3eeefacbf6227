import type { AliasNode, DataModel, ModelNode, ObjectNode, ParameterDef, TableNode } from "../../model/types.ts";
import { remarksOf, syntaxOf } from "./parameter-syntax.ts";
import { element } from "./xml-markup.ts";

export interface DataModelXmlOptions {
  readonly model: DataModel;
  readonly accounts: number;
  /** Accounts cannot be added or deleted. */
  readonly accountsFixed: boolean;
}

const NAMESPACE = "urn:broadband-forum-org:cwmp:datamodel-1-9";
const SCHEMA = "https://www.broadband-forum.org/cwmp/cwmp-datamodel-1-9.xsd";

/**
 * The tree in the language of the Broadband Forum (TR-106 Annex A), as one model without imports and profiles: every object
 * and parameter of the phone, and no other. An alias is written out: the language cannot express it.
 */
export function dataModelXml(options: DataModelXmlOptions): string {
  const objects = objectsFrom(options.model.root, { name: options.model.root.template, table: null, counter: null });
  const attributes = {
    "xmlns:dm": NAMESPACE,
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": `${NAMESPACE} ${SCHEMA}`,
    spec: "urn:akuvox-cpe:data-model",
    file: "akuvox-cpe.xml",
  };
  const model = element("model", { name: "AkuvoxPhone:1.0" }, [
    description("An Akuvox IP phone as akuvox-cpe shows it to an ACS."),
    ...objects.map((object) => objectElement(object, options)),
  ]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element("dm:document", attributes, [model])}`;
}

interface Place {
  /** The object's own path, which below an alias differs from its template. */
  readonly name: string;
  /** The table whose row it is. */
  readonly table: TableNode | null;
  /** The parameter that counts the rows of the table. */
  readonly counter: string | null;
}

interface PlacedObject extends Place {
  readonly node: ObjectNode;
}

/** The object and all below it, in the order of the tree. */
function objectsFrom(node: ObjectNode, place: Place): readonly PlacedObject[] {
  const below = node.children.flatMap((child) => {
    if (child.kind === "object") return objectsFrom(child, { name: `${place.name}${child.name}.`, ...SINGLE });
    if (child.kind === "parameter") return [];
    const table = child.kind === "alias" ? child.of : child;
    const name = `${place.name}${child.name}.{i}.`;
    return objectsFrom(table.row, { name, table, counter: counterOf(child, node.children) });
  });
  return [{ node, ...place }, ...below];
}

const SINGLE = { table: null, counter: null } as const;

function counterOf({ template }: TableNode | AliasNode, siblings: readonly ModelNode[]): string | null {
  const counter = siblings.find(
    (node) => node.kind === "parameter" && node.source.kind === "entries" && node.source.table === template,
  );
  return counter?.name ?? null;
}

function objectElement({ node, name, table, counter }: PlacedObject, options: DataModelXmlOptions): string {
  const { creatable, minEntries, maxEntries } = entriesOf(table, options);
  const access = creatable ? "readWrite" : "readOnly";
  const parameters = node.children.filter((child) => child.kind === "parameter");
  return element("object", { name, access, minEntries, maxEntries, numEntriesParameter: counter }, [
    description(node.description),
    ...parameters.map(parameterElement),
  ]);
}

function entriesOf(table: TableNode | null, { accounts, accountsFixed }: DataModelXmlOptions) {
  if (table === null) return { creatable: false, minEntries: 1, maxEntries: 1 };
  const { rows } = table;
  if (rows.kind === "fixed") return { creatable: false, minEntries: rows.count, maxEntries: rows.count };
  const creatable = table.creatable && (rows.kind !== "accounts" || !accountsFixed);
  const maxEntries = rows.kind === "accounts" ? accounts : rows.max;
  return { creatable, minEntries: creatable ? 0 : maxEntries, maxEntries };
}

function parameterElement(def: ParameterDef): string {
  const attributes = {
    name: def.name,
    access: def.writable ? "readWrite" : "readOnly",
    activeNotify: def.notification === "normal" ? null : def.notification,
    forcedInform: def.forcedInform ? true : null,
  };
  return element("parameter", attributes, [description([def.description, ...remarksOf(def)].join(" ")), syntaxOf(def)]);
}

function description(text: string): string {
  return element("description", {}, text.replace(/\s+/g, " "));
}
