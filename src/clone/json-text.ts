/** A JSON text with the places of its parts: duplicate names are both kept, and numbers keep their digits. */
export type JsonNode =
  | { readonly kind: "object"; readonly at: number; readonly members: readonly JsonMember[] }
  | { readonly kind: "array"; readonly at: number; readonly items: readonly JsonNode[] }
  /** `text` of a string is its value, of the others what is written. */
  | { readonly kind: "string" | "number" | "word"; readonly at: number; readonly text: string };

export interface JsonMember {
  readonly name: string;
  readonly at: number;
  readonly value: JsonNode;
}

/** Thrown for a text that is not JSON, or is nested too deeply. */
export class JsonProblem extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** Deeper than any path of a device: the reader must not run out of stack. */
const MAX_DEPTH = 200;
const TOKEN =
  /[\t\n\r ]*(?:("[^"\\]*(?:\\.[^"\\]*)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)|([{}[\]:,])|$)/y;

interface Token {
  readonly at: number;
  readonly text: string;
  readonly kind: "string" | "number" | "word" | "sign" | "end";
}

export function readJson(text: string): JsonNode {
  const reader = new Reader(text);
  const node = reader.value(reader.next(), 0);
  const rest = reader.next();
  if (rest.kind !== "end") throw new JsonProblem("something follows the end of the JSON text", rest.at);
  return node;
}

class Reader {
  readonly #text: string;
  readonly #token = new RegExp(TOKEN);
  #at: number;

  constructor(text: string) {
    this.#text = text;
    this.#at = text.startsWith("\uFEFF") ? 1 : 0;
  }

  next(): Token {
    const token = this.#token;
    token.lastIndex = this.#at;
    const found = token.exec(this.#text);
    if (found === null) throw new JsonProblem("the text is not JSON", this.#at);
    this.#at = token.lastIndex;
    const [, string, number, word, sign] = found;
    const part = string ?? number ?? word ?? sign ?? "";
    const kind = string ? "string" : number ? "number" : word ? "word" : sign ? "sign" : "end";
    return { at: token.lastIndex - part.length, text: part, kind };
  }

  value(token: Token, depth: number): JsonNode {
    const { kind, at, text } = token;
    if (kind === "string") return { kind, at, text: this.#string(token) };
    if (kind === "number" || kind === "word") return { kind, at, text };
    if (depth >= MAX_DEPTH) throw new JsonProblem(`objects are nested more than ${MAX_DEPTH} deep`, at);
    if (text === "{") return { kind: "object", at, members: this.#members(depth) };
    if (text === "[") return { kind: "array", at, items: this.#items(depth) };
    throw new JsonProblem(kind === "end" ? "the JSON text ends too early" : `the text is not JSON: ${text}`, at);
  }

  #members(depth: number): readonly JsonMember[] {
    const members: JsonMember[] = [];
    for (let token = this.next(); token.text !== "}" || token.kind !== "sign"; token = this.next()) {
      if (members.length > 0) token = this.#after(token, ",");
      if (token.kind !== "string") throw new JsonProblem("the name of a member is missing", token.at);
      const name = this.#string(token);
      const value = this.value(this.#after(this.next(), ":"), depth + 1);
      members.push({ name, at: token.at, value });
    }
    return members;
  }

  #items(depth: number): readonly JsonNode[] {
    const items: JsonNode[] = [];
    for (let token = this.next(); token.text !== "]" || token.kind !== "sign"; token = this.next()) {
      items.push(this.value(items.length > 0 ? this.#after(token, ",") : token, depth + 1));
    }
    return items;
  }

  /** The token after this character. */
  #after(token: Token, sign: string): Token {
    if (token.kind !== "sign" || token.text !== sign) throw new JsonProblem(`${sign} is missing`, token.at);
    return this.next();
  }

  #string({ text, at }: Token): string {
    try {
      return String(JSON.parse(text));
    } catch {
      throw new JsonProblem("a string of the JSON text is not well-formed", at);
    }
  }
}
