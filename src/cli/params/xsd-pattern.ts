/**
 * A regular expression of the data model (JavaScript, with `u`, for the whole value) as XML Schema writes it: without anchors,
 * and with classes spelled out where the two languages mean different characters by the same letter. Null for a
 * pattern that XML Schema cannot express, such as a look-ahead.
 */
export function xsdPattern({ source }: RegExp): string | null {
  const inner = /^\^\(\?:(.*)\)\$$/s.exec(source)?.[1];
  return inner === undefined ? null : translate(inner);
}

/** The white space of JavaScript that XML allows, inside a class. */
const SPACE = " \\t\\n\\r\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";
const CLASSES: Readonly<Record<string, string>> = { d: "0-9", w: "A-Za-z0-9_", s: SPACE };
const LINE_ENDS = "\\n\\r\u2028\u2029";
/** Characters that XML Schema requires to be escaped. */
const SPECIAL = /[\\|.?*+(){}[\]^]/;
const SPECIAL_IN_CLASS = /[\\[\]^-]/;

/** One rule of the conversion: what it matches, and its replacement. The first match counts. */
const STEPS: readonly (readonly [RegExp, (match: RegExpExecArray) => string | null])[] = [
  [/\\[\^$\\.*+?()[\]{}|/-]/y, ([text]) => literal(text.slice(1))],
  [/\\([dsw])/y, ([, name = ""]) => `[${CLASSES[name]}]`],
  [/\\([DSW])/y, ([, name = ""]) => `[^${CLASSES[name.toLowerCase()]}]`],
  [/\\[pP]\{[A-Z][a-z]?\}|\\[tnr]/y, ([text]) => text],
  [/\\(?:u\{([0-9A-Fa-f]+)\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2}))/y, ([, ...codes]) => literal(fromCode(codes))],
  [/\(\?(?::|<[A-Za-z_]\w*>)/y, () => "("],
  [/\(\?|\\|[\^$]/y, () => null],
  [/\[(\^?)((?:[^\]\\]|\\.)*)\]/sy, ([, not = "", items = ""]) => classOf(not, items)],
  [/([*+?]|\{[0-9]+(?:,[0-9]*)?\})\??/y, ([, quantifier = ""]) => quantifier],
  [/\./y, () => `[^${LINE_ENDS}]`],
  [/[()|]/y, ([operator]) => operator],
  [/./suy, ([character]) => literal(character)],
];

/** Items of a class: a class escape, or a character and perhaps the end of a range. */
const ITEM = /\\([dsw])|(\\.|.)(?:-(\\.|.))?/suy;

function translate(text: string): string | null {
  let translated = "";
  for (let at = 0; at < text.length; ) {
    const step = firstStep(text, at);
    if (step === null) return null;
    translated += step.text;
    at = step.end;
  }
  return translated;
}

function firstStep(text: string, at: number): { readonly text: string; readonly end: number } | null {
  for (const [shape, say] of STEPS) {
    const match = matchAt(shape, text, at);
    if (match === null) continue;
    const said = say(match);
    return said === null ? null : { text: said, end: at + match[0].length };
  }
  return null;
}

function classOf(not: string, items: string): string | null {
  let translated = "";
  for (let at = 0; at < items.length; ) {
    const match = matchAt(ITEM, items, at);
    if (match === null) return null;
    const [whole, name, from = "", to] = match;
    const ends = [from, to].map((end) => (end === undefined ? "" : classCharacter(end)));
    if (name === undefined && ends.includes(null)) return null;
    translated += name === undefined ? ends.filter((end) => end !== "").join("-") : (CLASSES[name] ?? "");
    at += whole.length;
  }
  return translated === "" ? null : `[${not}${translated}]`;
}

/** Null for an escape that is not a character. */
function classCharacter(text: string): string | null {
  if (!text.startsWith("\\")) return literal(text, SPECIAL_IN_CLASS);
  const escaped = text.slice(1);
  if (/[tnr]/.test(escaped)) return text;
  return /[A-Za-z0-9]/.test(escaped) ? null : literal(escaped, SPECIAL_IN_CLASS);
}

function literal(character: string, special = SPECIAL): string {
  return special.test(character) ? `\\${character}` : character;
}

function fromCode(codes: readonly (string | undefined)[]): string {
  const code = codes.find((digits) => digits !== undefined) ?? "";
  return String.fromCodePoint(Number.parseInt(code, 16));
}

/** The sticky expression is copied, so that searches do not share its state. */
function matchAt(shape: RegExp, text: string, at: number): RegExpExecArray | null {
  const search = new RegExp(shape);
  search.lastIndex = at;
  return search.exec(text);
}
