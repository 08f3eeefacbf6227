import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { Finding } from "../cwmp/findings.ts";
import type { FindingCode } from "./finding-codes.ts";

/** One YAML file. Every scalar is text as it was written: YAML's own ideas of numbers and booleans stay out. */
export class ModelFile {
  readonly name: string;
  /** Null when the file cannot be read as YAML. */
  readonly contents: Node | null;
  readonly #findings: Finding[];
  readonly #lines = new LineCounter();

  constructor(name: string, text: string, findings: Finding[]) {
    this.name = name;
    this.#findings = findings;
    const document = parseDocument(text, { schema: "failsafe", lineCounter: this.#lines, prettyErrors: false });
    const broken = document.errors.filter((error) => error.code !== "DUPLICATE_KEY");
    for (const error of document.errors) {
      const code = error.code === "DUPLICATE_KEY" ? "DUPLICATE_FIELD" : "YAML_SYNTAX";
      this.#add(
        error.pos[0],
        code,
        code === "DUPLICATE_FIELD" ? "this name stands twice here; keep one" : error.message,
      );
    }
    this.contents = broken.length === 0 ? document.contents : null;
    if (document.contents === null && broken.length === 0) this.#add(0, "MISSING_FIELD", "the file is empty");
  }

  report(node: Node | null, code: FindingCode, message: string): void {
    this.#add(node?.range?.[0] ?? 0, code, message);
  }

  #add(offset: number, code: FindingCode, message: string): void {
    const { line, col } = this.#lines.linePos(offset);
    this.#findings.push({ file: this.name, line: Math.max(line, 1), column: Math.max(col, 1), code, message });
  }
}

interface Field {
  readonly name: string;
  readonly key: Node;
  readonly value: Node | null;
}

/** A text and where it stands. */
export interface Spot {
  readonly text: string;
  readonly node: Node;
}

/** The fields of one mapping. Each getter reports what is wrong and answers null, so that reading goes on. */
export class Fields {
  readonly node: Node;
  readonly #file: ModelFile;
  readonly #where: string;
  readonly #fields = new Map<string, Field>();

  private constructor(file: ModelFile, node: Node, where: string) {
    this.#file = file;
    this.node = node;
    this.#where = where;
  }

  /** `known` are the field names that the mapping may have; null for a mapping of names that its author chooses. */
  static read(file: ModelFile, node: Node | null, where: string, known: readonly string[] | null): Fields | null {
    if (!isMap<Node, Node | null>(node)) {
      file.report(node, "WRONG_TYPE", `${where} must be a mapping`);
      return null;
    }
    const fields = new Fields(file, node, where);
    for (const { key, value } of node.items) fields.#add(key, value, known);
    return fields;
  }

  #add(key: Node, value: Node | null, known: readonly string[] | null): void {
    const name = isScalar(key) ? String(key.value) : null;
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

  value(name: string): Node | null {
    return this.#fields.get(name)?.value ?? null;
  }

  /** The value's node, or the mapping itself where the field is missing: the place to report at. */
  at(name: string): Node {
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
    const items = isSeq<Node | null>(value) ? value.items : [value];
    const spots = items.flatMap((item) => this.#scalar(name, item) ?? []);
    return spots.length === items.length && spots.length > 0 ? spots : null;
  }

  #scalar(name: string, node: Node | null): Spot | null {
    if (isScalar(node)) return { text: String(node.value ?? ""), node };
    this.#file.report(node ?? this.node, "WRONG_TYPE", `${name} of ${this.#where} must be text`);
    return null;
  }
}
