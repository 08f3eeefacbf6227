import { AgentError } from "../cwmp/errors.ts";
import type { XmlElement } from "./messages.ts";
import {
  documentScope,
  innerScope,
  isDeclaration,
  type NamespaceScope,
  resolveAttribute,
  resolveElement,
} from "./xml-names.ts";
import { decodeReferences, isXmlText, ownText } from "./xml-text.ts";

/** Levels of elements: CWMP needs ten. */
export const MAX_DEPTH = 64;
/** Tags, comments and CDATA sections in one message: three times what 10,000 parameters need. */
export const MAX_MARKUP = 200_000;
/** Attributes in one message. */
export const MAX_ATTRIBUTES = 200_000;
/** Characters of one tag with the text behind it, of one comment or CDATA section, so also the longest value. */
export const MAX_RUN = 256 * 1024;

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();
const BLANK = /^[ \t\n]*$/;

/** An element whose end tag has not come yet. */
interface OpenElement {
  readonly element: XmlElement & { readonly children: XmlElement[]; text: string };
  /** As its start tag has it, with the prefix. */
  readonly tag: string;
  /** For what stands inside. */
  readonly scope: NamespaceScope;
}

/**
 * Reads one XML document, already decoded from UTF-8 (its declaration has no effect). White space is kept.
 * No DTD, no entity but the predefined ones, bounded depth and size (C-282). See docs/decisions/0029-xml-reader.md.
 *
 * Throws AgentError ACS_MESSAGE saying what is wrong and, where known, in which line; never what the document holds.
 */
export function parseXml(text: string): XmlElement {
  const document = text.startsWith("\u{FEFF}") ? text.slice(1) : text;
  if (/<!DOCTYPE/i.test(document)) throw refused("it has a DOCTYPE, which is not allowed in SOAP");
  if (!isXmlText(document)) throw refused("it holds a character that XML does not allow");
  return new XmlReader(document.includes("\r") ? document.replace(/\r\n?/g, "\n") : document).read();
}

/** One pass from `<` to `<`. Built-in searches do the work: most phones run this without an optimizing compiler. */
class XmlReader {
  readonly #document: string;
  // Sticky: each looks at one place only. Whether a name is one is for xml-names.ts to say.
  readonly #name = /[^ \t\n<>/="'&]+/y;
  readonly #attribute = /[ \t\n]+([^ \t\n<>/="'&]+)[ \t\n]*=[ \t\n]*(?:"([^"]*)"|'([^']*)')/y;
  readonly #tagEnd = /[ \t\n]*(\/?)>/y;
  readonly #closingEnd = /[ \t\n]*>/y;
  readonly #instruction = /<\?([\p{L}_][\p{L}\p{M}\p{N}_.\-\u00B7]*)(?=[ \t\n]|\?>)/uy;
  readonly #scope = documentScope();
  readonly #open: OpenElement[] = [];
  #root: XmlElement | null = null;
  #attributes = 0;

  constructor(document: string) {
    this.#document = document;
  }

  read(): XmlElement {
    const document = this.#document;
    let end = 0;
    let start = 0;
    for (let markup = 1; ; markup++) {
      const at = document.indexOf("<", end);
      if ((at === -1 ? document.length : at) - start > MAX_RUN)
        throw refused(`a value is longer than ${MAX_RUN} characters`);
      if (at !== end) this.#text(end, at === -1 ? document.length : at);
      if (at === -1) break;
      if (markup > MAX_MARKUP) throw refused(`it has more than ${MAX_MARKUP} tags`);
      end = this.#markup(at);
      start = at;
    }
    if (this.#open.length > 0) throw this.#wrongTag(document.length);
    if (this.#root === null) throw this.#malformed("it has no root element", document.length);
    return this.#root;
  }

  /** Takes the tag, comment, section or instruction at `at`; answers where it ends. */
  #markup(at: number): number {
    switch (this.#document[at + 1]) {
      case "/":
        return this.#closingTag(at);
      case "!":
        return this.#document.startsWith("<!--", at) ? this.#comment(at) : this.#section(at);
      case "?":
        return this.#processingInstruction(at);
      default:
        return this.#openingTag(at);
    }
  }

  #openingTag(at: number): number {
    const tag = this.#nameAt(at + 1);
    let end = at + 1 + tag.length;
    if (this.#document[end] === ">") {
      this.#begin(tag, NO_ATTRIBUTES, at);
      return end + 1;
    }
    const attributes = new Map<string, string>();
    end = this.#readAttributes(end, attributes);
    this.#tagEnd.lastIndex = end;
    const close = this.#tagEnd.exec(this.#document);
    if (close === null) throw this.#malformed("a tag or one of its attributes is wrong", end);
    this.#begin(tag, attributes, at);
    if (close[1] === "/") this.#open.pop();
    return this.#tagEnd.lastIndex;
  }

  #nameAt(at: number): string {
    this.#name.lastIndex = at;
    if (!this.#name.test(this.#document)) throw this.#wrongTag(at);
    return this.#document.slice(at, this.#name.lastIndex);
  }

  #readAttributes(at: number, attributes: Map<string, string>): number {
    const pattern = this.#attribute;
    for (let end = at; ; end = pattern.lastIndex) {
      pattern.lastIndex = end;
      const found = pattern.exec(this.#document);
      if (found === null) return end;
      const [, name = "", double, single] = found;
      const value = double ?? single ?? "";
      if (++this.#attributes > MAX_ATTRIBUTES) throw refused("it has too many attributes");
      if (value.includes("<")) throw refused("an attribute holds a tag");
      if (attributes.has(name)) throw refused("an attribute is given twice");
      attributes.set(name, ownText(decodeReferences(value)));
    }
  }

  #begin(tag: string, raw: ReadonlyMap<string, string>, at: number): void {
    const parent = this.#open.at(-1);
    if (parent === undefined && this.#root !== null) throw this.#malformed("it has more than one root element", at);
    if (this.#open.length === MAX_DEPTH) throw refused(`it is nested deeper than ${MAX_DEPTH}`);
    const outer = parent?.scope ?? this.#scope;
    const scope = raw.size === 0 ? outer : innerScope(outer, raw);
    const { namespace, name } = resolveElement(tag, scope);
    const attributes = raw.size === 0 ? raw : resolveAttributes(raw, scope);
    const element = { namespace, name, attributes, children: [], text: "" };
    if (parent === undefined) this.#root = element;
    else parent.element.children.push(element);
    this.#open.push({ element, tag, scope });
  }

  #closingTag(at: number): number {
    const tag = this.#open.at(-1)?.tag;
    if (tag === undefined || !this.#document.startsWith(tag, at + 2)) throw this.#wrongTag(at);
    this.#closingEnd.lastIndex = at + 2 + tag.length;
    if (!this.#closingEnd.test(this.#document)) throw this.#wrongTag(at);
    this.#open.pop();
    return this.#closingEnd.lastIndex;
  }

  #text(start: number, end: number): void {
    const raw = this.#document.slice(start, end);
    const element = this.#open.at(-1)?.element;
    if (element === undefined) {
      if (!BLANK.test(raw)) throw this.#malformed("a text stands outside its root element", start);
      return;
    }
    if (raw.includes("]]>")) throw refused("the end of a CDATA section without a start");
    element.text += ownText(decodeReferences(raw));
  }

  #section(at: number): number {
    const start = at + "<![CDATA[".length;
    const element = this.#open.at(-1)?.element;
    if (element === undefined || !this.#document.startsWith("<![CDATA[", at)) throw this.#wrongTag(at);
    const end = this.#endOf("]]>", start);
    element.text += ownText(this.#document.slice(start, end));
    return end + "]]>".length;
  }

  #comment(at: number): number {
    const end = this.#endOf("--", at + "<!--".length);
    if (this.#document[end + 2] !== ">") throw this.#malformed("a comment holds two hyphens", end);
    return end + "-->".length;
  }

  /** The XML declaration is one that may stand at the very beginning alone. */
  #processingInstruction(at: number): number {
    this.#instruction.lastIndex = at;
    const target = this.#instruction.exec(this.#document)?.[1];
    if (target === undefined) throw this.#wrongTag(at);
    if (target.toLowerCase() === "xml" && !(target === "xml" && at === 0))
      throw this.#malformed("the XML declaration does not stand at its beginning", at);
    return this.#endOf("?>", this.#instruction.lastIndex) + "?>".length;
  }

  #endOf(mark: string, from: number): number {
    const at = this.#document.indexOf(mark, from);
    if (at === -1) throw this.#malformed("a comment or section is not closed", from);
    if (at - from > MAX_RUN) throw refused(`a comment or section is longer than ${MAX_RUN} characters`);
    return at;
  }

  #wrongTag(at: number): AgentError {
    return this.#malformed("a tag is wrong or not closed", at);
  }

  #malformed(reason: string, at: number): AgentError {
    const line = this.#document.slice(0, at).split("\n").length;
    return new AgentError("ACS_MESSAGE", `the message is not well-formed XML: ${reason} (line ${line})`);
  }
}

function resolveAttributes(raw: ReadonlyMap<string, string>, scope: NamespaceScope): ReadonlyMap<string, string> {
  const resolved = new Map<string, string>();
  for (const [name, value] of raw) {
    if (isDeclaration(name)) continue;
    const key = resolveAttribute(name, scope);
    if (resolved.has(key)) throw refused("an attribute is given twice");
    resolved.set(key, value);
  }
  return resolved;
}

function refused(reason: string): AgentError {
  return new AgentError("ACS_MESSAGE", `the message is refused: ${reason}`);
}
