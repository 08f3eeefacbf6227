import { CwmpFault } from "../cwmp/errors.ts";
import { isXmlText } from "./xml-text.ts";

/** Few texts hold one: a single test shows that nothing has to be escaped. */
const TO_BE_LOOKED_AT = /[^\t\n !#-%'-;=?-\uD7FF\uE000-\uFFFD]/;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  // A raw CR would reach the reader as LF (XML 1.0, 2.11).
  ["\r", "&#13;"],
]);

/** For character data and double-quoted attributes. Throws CwmpFault 9002 for what XML 1.0 cannot carry (C-065). */
export function escapeXml(text: string): string {
  if (!TO_BE_LOOKED_AT.test(text)) return text;
  if (!isXmlText(text)) throw new CwmpFault(9002, "a text holds a character that XML cannot carry");
  return text.replace(/[&<>"\r]/g, (character) => ESCAPES.get(character) ?? character);
}

/** An element that holds character data. `attributes` is ready markup with a leading space, or empty. */
export function leaf(name: string, text: string, attributes = ""): string {
  return `<${name}${attributes}>${escapeXml(text)}</${name}>\n`;
}

/** An element that holds elements, given as markup. Line ends between elements keep traces readable. */
export function container(name: string, content: string, attributes = ""): string {
  return content === "" ? `<${name}${attributes}></${name}>\n` : `<${name}${attributes}>\n${content}</${name}>\n`;
}
