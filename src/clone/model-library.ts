import type { XmlElement } from "../soap/messages.ts";
import type { FindingList } from "./finding-list.ts";

const KINDS = ["dataType", "component", "model"] as const;
export type DefinitionKind = (typeof KINDS)[number];

/** Named definitions of a document of the Broadband Forum, and references to documents that are not available. */
export class ModelLibrary {
  readonly findings: FindingList;
  readonly #defined = new Map<string, XmlElement>();
  /** The file that an import names. */
  readonly #elsewhere = new Map<string, string>();
  readonly #missing = new Set<string>();

  constructor(document: XmlElement, findings: FindingList) {
    this.findings = findings;
    for (const child of document.children) {
      if (child.name === "import") this.#import(child);
      else if (KINDS.some((kind) => kind === child.name))
        this.#defined.set(`${child.name} ${attribute(child, "name")}`, child);
    }
  }

  /** Null, and reported once, if the file lacks it. `then`: the consequence for references to it. */
  find(kind: DefinitionKind, name: string, at: number, then: string): XmlElement | null {
    const key = `${kind} ${name}`;
    const found = this.#defined.get(key);
    if (found !== undefined) return found;
    if (!this.#missing.has(key)) {
      this.#missing.add(key);
      const file = this.#elsewhere.get(key);
      const where = file === undefined ? "is not in this file" : `is in ${file}, which is not read`;
      this.findings.add(at, "ELSEWHERE", `${kind} ${name.slice(0, 80)} ${where}: ${then}`);
    }
    return null;
  }

  #import(element: XmlElement): void {
    for (const { name: kind, attributes } of element.children) {
      const name = attributes.get("name");
      if (name !== undefined) this.#elsewhere.set(`${kind} ${name}`, attribute(element, "file"));
    }
  }
}

/** Empty where it is not given. */
export function attribute({ attributes }: XmlElement, name: string): string {
  return attributes.get(name) ?? "";
}

export function childNamed({ children }: XmlElement, name: string): XmlElement | null {
  return children.find((child) => child.name === name) ?? null;
}

/** Where the element starts in the text. */
export function placeOf({ at }: XmlElement): number {
  return at ?? 0;
}
