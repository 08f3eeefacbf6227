const NAME = "[A-Za-z_][\\w.:-]*";
const BLANKS = "[\\t\\n\\r ]";
const ATTRIBUTE = `${BLANKS}+${NAME}${BLANKS}*=${BLANKS}*(?:"[^"<]*"|'[^'<]*')`;
/** A text and the tag behind it: the name that it closes, or that it opens, with attributes, and the slash of an empty element. */
const TAG = new RegExp(`([^<]*)<(?:/(${NAME})${BLANKS}*|(${NAME})((?:${ATTRIBUTE})*)${BLANKS}*(/?))>`, "y");
const DECLARATION = /^<\?xml[\t\n\r ][^<>?]*\?>/;
const ATTRIBUTE_NAME = /([^\t\n\r =]+)[\t\n\r ]*=[\t\n\r ]*(?:"[^"]*"|'[^']*')/g;
const NOT_BLANK = /[^\t\n\r ]/;

/**
 * Whether the document is well-formed XML and plain: one root, elements and attributes with ASCII names, texts; no comment,
 * section or processing instruction. Nearly every message is. False says nothing. References in texts are not looked at.
 *
 * Linear in the length,.
 */
export function isPlainXml(document: string): boolean {
  const tag = new RegExp(TAG);
  tag.lastIndex = DECLARATION.exec(document)?.[0].length ?? 0;
  const open: string[] = [];
  for (let found = tag.exec(document); found !== null; found = tag.exec(document)) {
    const [, text = "", closed, opened = "", attributes = "", slash] = found;
    if (open.length === 0 && NOT_BLANK.test(text)) return false;
    if (closed !== undefined) {
      if (open.pop() !== closed) return false;
    } else {
      if (repeatsAttribute(attributes)) return false;
      if (slash === "") open.push(opened);
    }
    if (open.length === 0) return !NOT_BLANK.test(document.slice(tag.lastIndex));
  }
  return false;
}

function repeatsAttribute(attributes: string): boolean {
  if (attributes.indexOf("=") === attributes.lastIndexOf("=")) return false;
  const names = Array.from(attributes.matchAll(ATTRIBUTE_NAME), ([, name]) => name);
  return new Set(names).size < names.length;
}
