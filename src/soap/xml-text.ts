import { AgentError } from "../cwmp/errors.ts";

const ILLEGAL = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const EVERY_ILLEGAL = new RegExp(ILLEGAL, "gu");
/** A reference, or an ampersand that does not start one. The bound keeps a text full of ampersands cheap. */
const REFERENCE = /&(?:([^;&]{1,32});)?/g;

const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

/** Whether XML 1.0 can carry the text at all; lone surrogates and most control characters it cannot (C-065). */
export function isXmlText(text: string): boolean {
  return !ILLEGAL.test(text);
}

/** The text with U+FFFD where XML 1.0 allows no such character. For words to a reader, never for a value. */
export function toXmlText(text: string): string {
  return text.replace(EVERY_ILLEGAL, "\u{FFFD}");
}

/** Without the white space of XML at its ends, and no other: XML Schema's collapse of a text that has none inside. */
export function collapsed(text: string): string {
  return text.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
}

/** Nothing but white space of XML, a byte order mark aside. */
export function isBlank(text: string): boolean {
  return !/[^\t\n\r \uFEFF]/.test(text);
}

/** A copy: a part of a string keeps the whole of it in memory, here a message for as long as one of its values is kept. */
export function ownText(part: string): string {
  return ` ${part}`.slice(1);
}

/**
 * Resolves the five predefined entities and character references; a document without a DTD has no others.
 * Throws AgentError ACS_MESSAGE, without naming the content.
 */
export function decodeReferences(raw: string): string {
  return raw.includes("&") ? raw.replace(REFERENCE, (_, name: string | undefined) => resolve(name)) : raw;
}

function resolve(name: string | undefined): string {
  const character = name === undefined ? undefined : (PREDEFINED.get(name) ?? numericReference(name));
  if (character === undefined) {
    throw new AgentError("ACS_MESSAGE", "the message is not well-formed XML: an ampersand or an unknown entity");
  }
  return character;
}

function numericReference(name: string): string | undefined {
  const digits = /^#(?:x([0-9A-Fa-f]+)|([0-9]+))$/.exec(name);
  if (digits === null) return undefined;
  const [, hex, decimal] = digits;
  const code = hex === undefined ? Number.parseInt(decimal ?? "", 10) : Number.parseInt(hex, 16);
  if (!(code <= 0x10ffff)) return undefined;
  const character = String.fromCodePoint(code);
  return isXmlText(character) ? character : undefined;
}
