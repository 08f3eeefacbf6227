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
 * A pattern for `tagAt`: finds each tag whose name, without its prefix and in any case, is one of `names` or ends in one of
 * `endings`. Comments and CDATA sections are searched like the rest, so that nothing hides behind one that is never closed.
 */
export function tagPattern(names: readonly string[], endings: readonly string[]): RegExp {
  const oneOf = (list: readonly string[]) => list.map(escaped).join("|");
  const name = `(?:[^\\s/><:]*(?:${oneOf(endings)})|${oneOf(names)})`;
  return new RegExp(`<(?![!?])/?(?:[^\\s/><]*:)?${name}(?![^\\s/><])`, "gi");
}

/** For a regular expression. */
export function escaped(text: string): string {
  return text.replace(/[^A-Za-z0-9_]/g, "\\$&");
}

/** The tag that starts at `at`. An opening one is taken with its element if `whole` accepts its name. */
export function tagAt(text: string, at: number, whole: (name: string) => boolean): Tag {
  const tag = readTag(text, at);
  return !tag.closing && whole(tag.name) ? withContent(text, tag) : tag;
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
  const tag = text.slice(at, next === -1 ? text.length : next);
  const closing = tag[1] === "/";
  const name = /^<\/?([^\s/>]*)/.exec(tag)?.[1] ?? "";
  const { end, empty } = endOfTag(tag, name.length + (closing ? 2 : 1));
  const content = { start: at + end, end: at + end };
  return { name: /^[!?]/.test(name) ? "" : localName(name), closing, content, empty, doubtful: false };
}

function localName(name: string): string {
  return name.slice(name.lastIndexOf(":") + 1).toLowerCase();
}

/** Behind the `>` of the tag. A tag without one, or with an open quote, is broken: then its content starts as early as it can. */
function endOfTag(tag: string, nameEnd: number): { readonly end: number; readonly empty: boolean } {
  const sign = /[>"']/g;
  sign.lastIndex = nameEnd;
  for (let found = sign.exec(tag); found !== null; found = sign.exec(tag)) {
    if (found[0] === ">") return { end: found.index + 1, empty: tag[found.index - 1] === "/" };
    const quoted = tag.indexOf(found[0], found.index + 1);
    if (quoted === -1) break;
    sign.lastIndex = quoted + 1;
  }
  const first = tag.indexOf(">", nameEnd);
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
