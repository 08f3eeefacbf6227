import type { Finding } from "../cwmp/findings.ts";
import type { FindingCode } from "./finding-codes.ts";
import type { ModelSource, SourceNode } from "./source.ts";

/** One file with its findings. */
export class ModelFile {
  readonly #source: ModelSource;
  readonly #findings: Finding[];

  constructor(source: ModelSource, findings: Finding[]) {
    this.#source = source;
    this.#findings = findings;
    for (const { at, code, message } of source.problems) this.#add(at, code, message);
  }

  get name(): string {
    return this.#source.name;
  }

  /** Null when the file cannot be read. */
  get contents(): SourceNode | null {
    return this.#source.contents;
  }

  report(node: SourceNode | null, code: FindingCode, message: string): void {
    this.#add(node?.at ?? 0, code, message);
  }

  #add(at: number, code: FindingCode, message: string): void {
    this.#findings.push({ file: this.name, ...this.#source.placeOf(at), code, message });
  }
}

interface Field {
  readonly name: string;
  readonly key: SourceNode;
  readonly value: SourceNode | null;
}

/** A text and its position. */
export interface Spot {
  readonly text: string;
  readonly node: SourceNode;
}

/** The fields of one mapping. Each getter reports mistakes and returns null, so that reading continues. */
export class Fields {
  readonly node: SourceNode;
  readonly #file: ModelFile;
  readonly #where: string;
  readonly #fields = new Map<string, Field>();

  private constructor(file: ModelFile, node: SourceNode, where: string) {
    this.#file = file;
    this.node = node;
    this.#where = where;
  }

  /** `known` are the field names that the mapping may have; null for a mapping of names that its author chooses. */
  static read(file: ModelFile, node: SourceNode | null, where: string, known: readonly string[] | null): Fields | null {
    if (node?.kind !== "mapping") {
      file.report(node, "WRONG_TYPE", `${where} must be a mapping`);
      return null;
    }
    const fields = new Fields(file, node, where);
    for (const { key, value } of node.items) fields.#add(key, value, known);
    return fields;
  }

  #add(key: SourceNode, value: SourceNode | null, known: readonly string[] | null): void {
    const name = key.kind === "text" ? key.text : null;
    if (name === null) this.#file.report(key, "WRONG_TYPE", `${this.#where} has a name that is not text`);
    else if (known === null || known.includes(name)) this.#fields.set(name, { name, key, value });
    else this.#file.report(key, "UNKNOWN_FIELD", `${this.#where} has no field ${name}; known are ${known.join(", ")}`);
  }

  all(): readonly Field[] {
    return [...this.#fields.values()];
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }

  value(name: string): SourceNode | null {
    return this.#fields.get(name)?.value ?? null;
  }

  /** The value's node, or the mapping itself where the field is missing: the place to report at. */
  at(name: string): SourceNode {
    return this.value(name) ?? this.node;
  }

  text(name: string): string | null {
    if (!this.has(name)) return null;
    const spot = this.#scalar(name, this.value(name));
    return spot?.text ?? null;
  }

  required(name: string): string | null {
    const text = this.text(name);
    if (text === "") this.#file.report(this.at(name), "WRONG_VALUE", `${name} of ${this.#where} must not be empty`);
    if (!this.has(name)) this.#file.report(this.node, "MISSING_FIELD", `${this.#where} needs the field ${name}`);
    return text === "" ? null : text;
  }

  /** One of the words, or `otherwise` where the field is missing or wrong. */
  word<W extends string>(name: string, words: readonly W[], otherwise: W): W {
    const text = this.text(name);
    const word = words.find((known) => known === text);
    if (text !== null && word === undefined) {
      this.#file.report(this.at(name), "WRONG_VALUE", `${name} of ${this.#where} must be one of ${words.join(", ")}`);
    }
    return word ?? otherwise;
  }

  flag(name: string): boolean {
    return this.word(name, ["true", "false"], "false") === "true";
  }

  /** A whole number from `minimum` up, or null. */
  integer(name: string, minimum: number): number | null {
    const text = this.text(name);
    if (text === null) return null;
    const number = /^[0-9]{1,9}$/.test(text) ? Number(text) : -1;
    if (number >= minimum) return number;
    this.#file.report(
      this.at(name),
      "WRONG_VALUE",
      `${name} of ${this.#where} must be a whole number of ${minimum} or more`,
    );
    return null;
  }

  /** A list of texts; a single text is a list of one. Null where the field is missing or wrong. */
  texts(name: string): readonly Spot[] | null {
    if (!this.has(name)) return null;
    const value = this.value(name);
    const items = value?.kind === "list" ? value.items : [value];
    const spots = items.flatMap((item) => this.#scalar(name, item) ?? []);
    return spots.length === items.length && spots.length > 0 ? spots : null;
  }

  #scalar(name: string, node: SourceNode | null): Spot | null {
    if (node?.kind === "text") return { text: node.text, node };
    this.#file.report(node ?? this.node, "WRONG_TYPE", `${name} of ${this.#where} must be text`);
    return null;
  }
}
