import { escapeXml } from "../../soap/xml-writer.ts";

/** Attributes that are null are left out. */
export type Attributes = Readonly<Record<string, string | number | bigint | boolean | null>>;

/** An element on lines of its own; `content` is text, or elements. In ASCII, so that the encoding does not matter. */
export function element(name: string, attributes: Attributes, content: string | readonly string[] = []): string {
  const start = `${name}${Object.entries(attributes).map(attribute).join("")}`;
  if (typeof content === "string") return `<${start}>${ascii(escapeXml(content))}</${name}>\n`;
  if (content.length === 0) return `<${start}/>\n`;
  return `<${start}>\n${content.join("").replace(/^(?=.)/gm, "  ")}</${name}>\n`;
}

function attribute([name, value]: readonly [string, Attributes[string]]): string {
  return value === null ? "" : ` ${name}="${ascii(escapeXml(String(value))).replace(/[\t\n]/g, characterReference)}"`;
}

function ascii(text: string): string {
  return text.replace(/[^\n\r\t -~]/gu, characterReference);
}

function characterReference(character: string): string {
  return `&#${character.codePointAt(0)};`;
}
