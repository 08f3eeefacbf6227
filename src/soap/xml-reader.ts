import { type X2jOptions, XMLParser, XMLValidator } from "fast-xml-parser";
import { AgentError } from "../cwmp/errors.ts";
import type { XmlElement } from "./messages.ts";
import { type RawElement, readPlainXml, readReferences, readText } from "./plain-xml.ts";
import {
  documentScope,
  innerScope,
  isDeclaration,
  type NamespaceScope,
  resolveAttribute,
  resolveElement,
} from "./xml-names.ts";
import { isXmlText } from "./xml-text.ts";

/** Levels of elements: CWMP needs ten. */
export const MAX_DEPTH = 64;
/** Tags, comments and CDATA sections in one message: what 6,000 parameters need, each with its value. */
export const MAX_MARKUP = 50_000;
/** Quotation marks in one message, two for an attribute: its attributes, counted at no cost. */
export const MAX_QUOTES = 50_000;
/** Characters between the starts of two tags, so also the longest value. */
export const MAX_RUN = 256 * 1024;

/** How large a document may be; `places`: its elements say where they start. */
export interface XmlOptions {
  readonly maxMarkup: number;
  readonly maxQuotes: number;
  readonly places: boolean;
}

const MESSAGE: XmlOptions = { maxMarkup: MAX_MARKUP, maxQuotes: MAX_QUOTES, places: false };

/** XML allows no blanks before its declaration, but there are ACSs that send some: nothing else can be meant. */
const BEFORE_DOCUMENT = /^\uFEFF?[\t\n\r ]*/;

const TEXT = "#text";
const CDATA = "#cdata";
const ATTRIBUTES = ":@";
const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

/** A node as fast-xml-parser gives it: its tag is the one key that is not `:@`. */
interface RawNode {
  readonly [TEXT]?: string;
  readonly [CDATA]?: readonly RawNode[];
  readonly [ATTRIBUTES]?: Readonly<Record<string, string>>;
  readonly [tag: string]: unknown;
}

/**
 * Reads one XML document, already decoded from UTF-8 (an `encoding` in its declaration has no effect). White space is kept.
 * No DTD, no entity but the predefined ones, bounded depth and size (C-282).
 *
 * Throws AgentError ACS_MESSAGE saying what is wrong and, where known, in which line; never what the document holds.
 */
export function parseXml(text: string, options: XmlOptions = MESSAGE): XmlElement {
  const document = text.replace(BEFORE_DOCUMENT, "");
  checkBounds(document, options);
  const root = readPlainXml(document, MAX_DEPTH) ?? parseAny(document, options);
  return toElement(root, documentScope(), options.places ? text.length - document.length : null);
}

function checkBounds(document: string, { maxMarkup, maxQuotes }: XmlOptions): void {
  if (hasDoctype(document)) throw refused("it has a DOCTYPE, which is not allowed");
  if (!isXmlText(document)) throw refused("it holds a character that XML does not allow");
  let markup = 0;
  for (let at = 0; at !== -1; markup++) {
    const next = document.indexOf("<", at + 1);
    if ((next === -1 ? document.length : next) - at > MAX_RUN)
      throw refused(`a value is longer than ${MAX_RUN} characters`);
    at = next;
  }
  if (markup > maxMarkup) throw refused(`it has more than ${maxMarkup} tags`);
  if (count(document, '"') + count(document, "'") > maxQuotes) throw refused("it has too many attributes");
}

const DOCTYPE_OR_SECTION = /<!(?:DOCTYPE|--|\[CDATA\[)/gi;

/** Outside comments and CDATA sections, in which the word is a text like others. One of those that is never closed is none. */
function hasDoctype(document: string): boolean {
  if (!/<!DOCTYPE/i.test(document)) return false;
  const found = new RegExp(DOCTYPE_OR_SECTION);
  for (let match = found.exec(document); match !== null; match = found.exec(document)) {
    const [start] = match;
    if (/^<!d/i.test(start)) return true;
    const end = document.indexOf(start === "<!--" ? "-->" : "]]>", found.lastIndex);
    if (end === -1) return true;
    found.lastIndex = end;
  }
  return false;
}

function count(document: string, character: string): number {
  let found = 0;
  for (let at = document.indexOf(character); at !== -1; at = document.indexOf(character, at + 1)) found++;
  return found;
}

/** What is not plain: fast-xml-parser reads it, which takes several times as long. */
function parseAny(document: string, options: XmlOptions): RawElement {
  checkWellFormed(document);
  return rawElement(rootOf(parseNodes(document, options)));
}

function checkWellFormed(document: string): void {
  const verdict = XMLValidator.validate(document);
  if (verdict === true) return;
  const reasons = new Map([
    ["InvalidTag", "a tag is wrong or not closed"],
    ["InvalidAttr", "an attribute is wrong"],
    ["InvalidChar", "a character is out of place"],
  ]);
  const reason = reasons.get(verdict.err.code) ?? "its elements are not nested as they should be";
  const { line, col } = verdict.err;
  throw new NotWellFormed(`the message is not well-formed XML: ${reason} (line ${line})`, line, col);
}

/** With the place of the mistake, counted from 1. */
export class NotWellFormed extends AgentError {
  readonly line: number;
  readonly column: number;

  constructor(message: string, line: number, column: number) {
    super("ACS_MESSAGE", message);
    this.line = line;
    this.column = column;
  }
}

const PARSER_OPTIONS: X2jOptions = {
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  textNodeName: TEXT,
  cdataPropName: CDATA,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  jPath: false,
  maxNestedTags: Number.POSITIVE_INFINITY,
  onDangerousProperty: (name) => name,
  updateTag: (name, path) => {
    if (typeof path === "object" && path.getDepth() > MAX_DEPTH) throw refused(`it is nested deeper than ${MAX_DEPTH}`);
    return name;
  },
};

/** It has no state between documents. */
const PARSER = new XMLParser(PARSER_OPTIONS);

function parseNodes(document: string, { places }: XmlOptions): readonly RawNode[] {
  const parser = places ? new XMLParser({ ...PARSER_OPTIONS, captureMetaData: true }) : PARSER;
  try {
    return parser.parse(document);
  } catch (error) {
    // The parser's own messages quote the document, so they go no further.
    throw error instanceof AgentError
      ? error
      : refused("a comment, section or tag is not closed, or has a reserved name");
  }
}

function rootOf(nodes: readonly RawNode[]): RawNode {
  const [root, ...others] = nodes.filter((node) => node[TEXT] === undefined);
  if (root === undefined || others.length > 0) throw refused("it does not have exactly one root element");
  return root;
}

function rawElement(node: RawNode): RawElement {
  const tag = Object.keys(node).find((key) => key !== ATTRIBUTES) ?? "";
  const content = node[tag];
  const nodes: readonly RawNode[] = Array.isArray(content) ? content : [];
  const children: RawElement[] = [];
  const texts: string[] = [];
  for (const child of nodes) {
    const text = textOf(child);
    if (text === null) children.push(rawElement(child));
    else texts.push(text);
  }
  return { tag, attributes: rawAttributes(node[ATTRIBUTES]), children, text: texts.join(""), at: startOf(node) };
}

/** `shift`: what a place in the document is short of one in the whole text; null: places are not wanted. */
function toElement(raw: RawElement, outer: NamespaceScope, shift: number | null): XmlElement {
  const scope = innerScope(outer, raw.attributes);
  const { namespace, name } = resolveElement(raw.tag, scope);
  const attributes = resolveAttributes(raw.attributes, scope);
  const children = raw.children.map((child) => toElement(child, scope, shift));
  const element = { namespace, name, attributes, children, text: raw.text };
  return shift === null ? element : { ...element, at: shift + raw.at };
}

/** Where the tag starts in the document, as fast-xml-parser has noted. */
function startOf(node: RawNode): number {
  const noted: unknown = Reflect.get(node, XMLParser.getMetaDataSymbol() as symbol);
  return typeof noted === "object" && noted !== null && "startIndex" in noted ? Number(noted.startIndex) : 0;
}

/** The character data of a text node or CDATA section, null for an element. */
function textOf(node: RawNode): string | null {
  const text = node[TEXT];
  if (text !== undefined) return readText(text);
  const section = node[CDATA];
  return section === undefined ? null : section.map((part) => part[TEXT] ?? "").join("");
}

function rawAttributes(attributes: Readonly<Record<string, string>> | undefined): ReadonlyMap<string, string> {
  if (attributes === undefined) return NO_ATTRIBUTES;
  const decoded = new Map<string, string>();
  for (const [name, value] of Object.entries(attributes)) {
    if (value.includes("<")) throw refused("an attribute holds a tag");
    decoded.set(name, readReferences(value));
  }
  return decoded;
}

function resolveAttributes(raw: ReadonlyMap<string, string>, scope: NamespaceScope): ReadonlyMap<string, string> {
  if (raw.size === 0) return raw;
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
