import type { XmlElement } from "../soap/messages.ts";
import type { TableFacts } from "./dump.ts";
import { attribute, type ModelLibrary, placeOf } from "./model-library.ts";

/** An object with all that the file defines for it; its path has `{i}` for rows and a dot at the end. */
export interface ObjectDefinition {
  readonly at: number;
  writable: boolean | null;
  minEntries: number;
  table: TableFacts;
  readonly parameters: Map<string, XmlElement>;
}

/** Limits for nested components and for definitions in all: a small file can refer to the same one very often. */
const MAX_NESTED = 16;
const MAX_READ = 500_000;
const DELETED = "deleted";

/** Collects the objects and parameters of a model: of its base model, of its components, and its own. */
export class ModelDefinitions {
  readonly objects = new Map<string, ObjectDefinition>();
  readonly #library: ModelLibrary;
  #read = 0;

  constructor(library: ModelLibrary) {
    this.#library = library;
  }

  addModel(model: XmlElement, prefix: string, nested: readonly XmlElement[] = []): void {
    if (this.#isTooMuch(model, nested)) return;
    const base = model.attributes.get("base");
    const then = "only what this file says of it is there; the full form of the document (…-full.xml) has all";
    const known = base === undefined ? null : this.#library.find("model", base, placeOf(model), then);
    if (known !== null) this.addModel(known, prefix, [...nested, model]);
    this.#addContent(model, prefix, [...nested, model]);
  }

  #addContent(element: XmlElement, prefix: string, nested: readonly XmlElement[]): void {
    for (const child of element.children) {
      if (this.#isTooMuch(child, [])) return;
      if (child.name === "component") this.#addComponent(child, prefix, nested);
      else if (child.name === "object") this.#addObject(child, prefix);
      else if (child.name === "parameter" && prefix !== "") addParameter(this.#objectAt(prefix, child), child);
      else if (child.name === "command" || child.name === "event") this.#ofUsp(child);
    }
  }

  #addComponent(use: XmlElement, prefix: string, nested: readonly XmlElement[]): void {
    const name = attribute(use, "ref");
    const component = this.#library.find("component", name, placeOf(use), "left out");
    if (component === null || this.#isTooMuch(component, nested)) return;
    this.#addContent(component, prefix + attribute(use, "path"), [...nested, component]);
  }

  #addObject(element: XmlElement, prefix: string): void {
    const { attributes, children } = element;
    const path = `${prefix}${attributes.get("base") ?? attribute(element, "name")}`;
    if (attribute(element, "status") === DELETED) {
      this.objects.delete(path);
      return;
    }
    const object = this.#objectAt(path, element);
    const access = attributes.get("access");
    if (access !== undefined) object.writable = access !== "readOnly";
    object.minEntries = entries(attributes.get("minEntries")) ?? object.minEntries;
    object.table = {
      maxEntries: attributes.has("maxEntries") ? entries(attributes.get("maxEntries")) : object.table.maxEntries,
      counter: attributes.get("numEntriesParameter") ?? object.table.counter,
    };
    for (const child of children) {
      if (child.name === "parameter") addParameter(object, child);
      else if (child.name === "command" || child.name === "event") this.#ofUsp(child);
      this.#read++;
    }
  }

  #objectAt(path: string, element: XmlElement): ObjectDefinition {
    const known = this.objects.get(path);
    if (known !== undefined) return known;
    const object: ObjectDefinition = {
      at: placeOf(element),
      writable: null,
      minEntries: 0,
      table: { maxEntries: null, counter: null },
      parameters: new Map(),
    };
    this.objects.set(path, object);
    return object;
  }

  #isTooMuch(element: XmlElement, nested: readonly XmlElement[]): boolean {
    const isLoop = nested.includes(element);
    if (!isLoop && nested.length <= MAX_NESTED && this.#read++ < MAX_READ) return false;
    const why = isLoop ? "is a part of itself" : "has too many parts, or parts of parts";
    this.#library.findings.add(placeOf(element), "TOO_DEEP", `${attribute(element, "name")} ${why}: left out`);
    return true;
  }

  #ofUsp(element: XmlElement): void {
    const name = attribute(element, "name").slice(0, 80);
    this.#library.findings.add(placeOf(element), "NOT_OF_CWMP", `${element.name} ${name} is of USP: left out`);
  }
}

function addParameter({ parameters }: ObjectDefinition, element: XmlElement): void {
  const name = element.attributes.get("base") ?? attribute(element, "name");
  if (attribute(element, "status") === DELETED) parameters.delete(name);
  else parameters.set(name, merged(parameters.get(name), element));
}

/** A later version defines only changes: the rest is kept. */
function merged(known: XmlElement | undefined, element: XmlElement): XmlElement {
  if (known === undefined) return element;
  const hasSyntax = element.children.some(({ name }) => name === "syntax");
  const attributes = new Map([...known.attributes, ...element.attributes]);
  return { ...element, attributes, children: hasSyntax ? element.children : [...element.children, ...known.children] };
}

/** Null: `unbounded`, or not a number. */
function entries(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
