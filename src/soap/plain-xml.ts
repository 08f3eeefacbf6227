import { AgentError } from "../cwmp/errors.ts";
import { decodeReferences } from "./xml-text.ts";

/** An element as it stands in a document: names with their prefixes, references resolved. */
export interface RawElement {
  readonly tag: string;
  /** In their order, declarations of namespaces among them. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly RawElement[];
  /** All texts directly inside, joined. */
  readonly text: string;
  /** Where its tag starts. */
  readonly at: number;
}

const NAME = "[A-Za-z_][\\w.:-]*";
const BLANKS = "[\\t\\n\\r ]";
const ATTRIBUTE = `${BLANKS}+${NAME}${BLANKS}*=${BLANKS}*(?:"[^"<]*"|'[^'<]*')`;
/** A text and the tag behind it: the name that it closes, or that it opens, with attributes, and the slash of an empty element. */
const TAG = new RegExp(`([^<]*)<(?:/(${NAME})${BLANKS}*|(${NAME})((?:${ATTRIBUTE})*)${BLANKS}*(/?))>`, "y");
const DECLARATION = /^<\?xml[\t\n\r ][^<>?]*\?>/;
const EACH_ATTRIBUTE = /([^\t\n\r =]+)[\t\n\r ]*=[\t\n\r ]*(?:"([^"]*)"|'([^']*)')/g;
const NOT_BLANK = /[^\t\n\r ]/;
const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

interface OpenElement extends RawElement {
  readonly children: RawElement[];
  text: string;
}

/**
 * The root of a document that is well-formed XML and plain: one root, elements and attributes with ASCII names, texts; no comment,
 * section or processing instruction; at most `maxDepth` levels. Nearly every message is. Null says nothing. Linear in the length.
 *
 * Throws AgentError ACS_MESSAGE for texts that XML does not allow.
 */
export function readPlainXml(document: string, maxDepth: number): RawElement | null {
  const [tag, attribute] = [new RegExp(TAG), new RegExp(EACH_ATTRIBUTE)];
  tag.lastIndex = DECLARATION.exec(document)?.[0].length ?? 0;
  const open: OpenElement[] = [];
  let root: RawElement | null = null;
  for (let found = tag.exec(document); found !== null; found = tag.exec(document)) {
    const [, text = "", closed, opened = "", attributes = "", slash] = found;
    const parent = open.at(-1);
    if (parent !== undefined) parent.text += readText(text);
    else if (NOT_BLANK.test(text)) return null;
    if (closed !== undefined) {
      if (open.pop()?.tag !== closed) return null;
    } else {
      const read = attributes === "" ? NO_ATTRIBUTES : attributesOf(attributes, attribute);
      if (read === null || open.length === maxDepth) return null;
      const element = { tag: opened, attributes: read, children: [], text: "", at: found.index + text.length };
      parent?.children.push(element);
      root ??= element;
      if (slash === "") open.push(element);
    }
    if (open.length === 0) return NOT_BLANK.test(document.slice(tag.lastIndex)) ? null : root;
  }
  return null;
}

/** Null: one is given twice. `each` finds the next one, and at last none. */
function attributesOf(text: string, each: RegExp): ReadonlyMap<string, string> | null {
  const attributes = new Map<string, string>();
  let isTwice = false;
  for (let found = each.exec(text); found !== null; found = each.exec(text)) {
    const [, name = "", double, single = ""] = found;
    isTwice ||= attributes.has(name);
    attributes.set(name, readReferences(double ?? single));
  }
  return isTwice ? null : attributes;
}

/** A text between two tags. Throws AgentError ACS_MESSAGE. */
export function readText(text: string): string {
  if (text.includes("]]>"))
    throw new AgentError("ACS_MESSAGE", "the message is refused: the end of a CDATA section without a start");
  return readReferences(text);
}

/** Line ends are LF, whichever stand in the document (XML 2.11). Throws AgentError ACS_MESSAGE. */
export function readReferences(text: string): string {
  return decodeReferences(text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text);
}
