/** A stretch of a text: `end` is the first character behind it. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A tag found in a text that need not be XML. */
export interface Tag {
  /** Without its prefix, in lower case. */
  readonly name: string;
  readonly closing: boolean;
  /** What follows an opening tag: to its end tag if the element was taken whole, else empty. */
  readonly content: Range;
  /** The element was taken whole and has no end, or tags inside: its content may hold more than belongs to it. */
  readonly doubtful: boolean;
}

const LESS_THAN = "<";
const CDATA = { open: "<![CDATA[", close: "]]>" };
const COMMENT = { open: "<!--", close: "-->" };
/** A parameter path has 256 characters at most; the rest is for references, white space and CDATA marks. */
const NAME_WINDOW = 1024;

/**
 * Every tag of the text, in order and in linear time. Elements whose name `whole` accepts are taken as one tag: what stands
 * inside is not looked at, and one without an end goes on to the end of the text. Comments and CDATA sections elsewhere are read
 * like the rest, so that nothing hides behind one that is never closed.
 */
export function* scanTags(text: string, whole: (name: string) => boolean): Generator<Tag> {
  let at = text.indexOf(LESS_THAN);
  while (at !== -1) {
    const opened = readTag(text, at);
    const tag = opened.name !== "" && !opened.closing && whole(opened.name) ? withContent(text, opened) : opened;
    if (tag.name !== "") yield tag;
    at = text.indexOf(LESS_THAN, tag.content.end);
  }
}

/** The character data at `start`, CDATA joined and comments dropped; null when no tag ends it within reach. */
export function characterData(text: string, start: number): string | null {
  const window = text.slice(start, start + NAME_WINDOW);
  let data = "";
  for (let from = 0; ; ) {
    const at = window.indexOf(LESS_THAN, from);
    if (at === -1) return null;
    data += window.slice(from, at);
    const section = [CDATA, COMMENT].find(({ open }) => window.startsWith(open, at));
    if (section === undefined) return data;
    const end = window.indexOf(section.close, at);
    if (end === -1) return null;
    if (section === CDATA) data += window.slice(at + CDATA.open.length, end);
    from = end + section.close.length;
  }
}

function readTag(text: string, at: number): Tag & { readonly empty: boolean } {
  const next = text.indexOf(LESS_THAN, at + 1);
  const limit = next === -1 ? text.length : next;
  const closing = text[at + 1] === "/";
  const nameStart = at + (closing ? 2 : 1);
  const nameEnd = endOfName(text, nameStart, limit);
  const name = text.slice(nameStart, nameEnd);
  const { end, empty } = endOfTag(text, nameEnd, limit);
  const content = { start: end, end };
  return { name: /^[!?]/.test(name) ? "" : localName(name), closing, content, empty, doubtful: false };
}

function localName(name: string): string {
  return name.slice(name.lastIndexOf(":") + 1).toLowerCase();
}

function endOfName(text: string, start: number, limit: number): number {
  let at = start;
  while (at < limit && !/[\s/>]/.test(text.charAt(at))) at++;
  return at;
}

/** Behind the `>` of the tag. A tag without one, or with an open quote, is broken: then its content starts as early as it can. */
function endOfTag(text: string, nameEnd: number, limit: number): { readonly end: number; readonly empty: boolean } {
  let quote = "";
  let first = -1;
  for (let at = nameEnd; at < limit; at++) {
    const character = text.charAt(at);
    if (character === ">" && quote === "") return { end: at + 1, empty: text[at - 1] === "/" };
    if (character === ">" && first === -1) first = at;
    if (quote === "" && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = "";
  }
  return { end: first === -1 ? nameEnd : first + 1, empty: false };
}

function withContent(text: string, tag: Tag & { readonly empty: boolean }): Tag {
  if (tag.empty) return tag;
  const { start } = tag.content;
  let depth = 1;
  let doubtful = false;
  let at = text.indexOf(LESS_THAN, start);
  while (at !== -1) {
    const section = [CDATA, COMMENT].find(({ open }) => text.startsWith(open, at));
    if (section === undefined) {
      const inner = readTag(text, at);
      if (inner.name === tag.name && !inner.empty) depth += inner.closing ? -1 : 1;
      if (depth === 0) return { ...tag, content: { start, end: at }, doubtful };
      doubtful = true;
      at = text.indexOf(LESS_THAN, inner.content.end);
    } else {
      const end = text.indexOf(section.close, at);
      at = end === -1 ? -1 : text.indexOf(LESS_THAN, end);
    }
  }
  return { ...tag, content: { start, end: text.length }, doubtful: true };
}
