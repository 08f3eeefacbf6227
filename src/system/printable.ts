/** Control characters, line ends of all kinds, and what turns the direction of writing round. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A text from outside on one line, without terminal control characters: `\n` and `\u001b` are spelled out. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => SHORT[character] ?? escapeOf(character));
}

/** The same for every text in a value; keys too, where the value is made of keys of others. */
export function printableAll<T>(value: T): T {
  return deeply(value) as T;
}

/**
 * JSON with what JSON lets through spelled out as well, such as C1 controls and turned writing: the value stays the same.
 * Line feeds between the parts of indented JSON stay.
 */
export function printableJson(json: string): string {
  return json.replace(UNPRINTABLE, (character) => (character === "\n" ? character : escapeOf(character)));
}

/**
 * The last guard of a terminal, for whole lines of our own: line feeds, tabs and the colours of this program pass, everything
 * else that a terminal obeys is spelled out.
 */
export function printableLines(text: string): string {
  return text
    .split(OWN_COLOUR)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(UNPRINTABLE, guarded)))
    .join("");
}

const ESCAPE = "\u001b";
/** Those of `cli/paint.ts`: nothing of it hides a text. */
const OWN_COLOUR = new RegExp(`(${ESCAPE}\\[(?:1|2|22|3[1239])m)`);

function guarded(character: string): string {
  return character === "\n" || character === "\t" ? character : (SHORT[character] ?? escapeOf(character));
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function deeply(value: unknown): unknown {
  if (typeof value === "string") return printable(value);
  if (Array.isArray(value)) return value.map(deeply);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [printable(key), deeply(item)]));
}
