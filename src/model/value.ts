import { DATA_TYPES, parseInteger, sizeOf } from "./data-types.ts";
import { ENCODINGS } from "./encodings.ts";
import { formatOf, patternText } from "./formats.ts";
import type { Encoding, ParameterDef } from "./types.ts";

/** Control characters, lone surrogates and non-characters: XML 1.0 cannot carry them (C-065). */
const ILLEGAL_IN_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/**
 * Why a value is invalid for the parameter: the rest of a sentence that starts with its name and states what is
 * allowed, without the value itself (it may be a secret). Null if it is valid. On the wire this is fault 9007.
 *
 * A number that the phone's file could not give back as it was written is refused too: an ACS would write it again and again.
 */
export function checkValue(def: ParameterDef, value: string): string | null {
  if (!fitsType(def, value)) return `must be ${allowedValues(def)}`;
  if (ILLEGAL_IN_XML.test(value)) return "must not hold characters that XML 1.0 forbids";
  return def.source.kind === "config" && def.writable ? checkInFile(def, value) : null;
}

/**
 * Normalizes a text of the ACS for the parameter (XML Schema 2, 4.3.6): blanks around anything but a string are
 * dropped, and an integer loses a plus sign and leading zeros. An invalid text is left unchanged, for `checkValue` to
 * refuse.
 */
export function valueOnWire(def: ParameterDef, text: string): string {
  const { kind } = DATA_TYPES[def.type];
  if (kind === "text" || def.list) return text;
  const value = text.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
  return kind === "integer" ? String(parseInteger(value) ?? value) : value;
}

/** Whether it is valid, apart from its written form: the file may hold more, see `inFile`. */
export function isWithinLimits(def: ParameterDef, value: string): boolean {
  return fitsType(def, value);
}

/** A checked value as it reads back: `true` or `false` for a boolean (C-264), else exactly as it was written. */
export function canonicalValue(def: ParameterDef, value: string): string {
  if (def.type !== "boolean" || def.list) return value;
  return value === "1" || value === "true" ? "true" : "false";
}

/** The default, or the constant, of a row of the innermost table (counted from 1; any number where there is no table). */
export function defaultOf(def: ParameterDef, row: number): string {
  return def.defaults[row - 1] ?? def.defaults[0] ?? "";
}

/**
 * The value in the phone's file: the decoded texts of the parameter's keys. Missing keys mean the default of the row,
 * and so does an item that is left empty, unless empty is a value of its own.
 * Null when the texts make no sense or the data model refuses the value; the caller warns and serves the last good one.
 */
export function decodeFromFile(def: ParameterDef, raw: readonly (string | undefined)[], row: number): string | null {
  if (def.source.kind !== "config") return null;
  if (raw.every((text) => text === undefined)) return defaultOf(def, row);
  const value = decoded(def, def.source.encoding, raw);
  if (value !== null || !raw.includes("")) return value;
  if (raw.every((text) => text === undefined || text === "")) return defaultOf(def, row);
  const usual = def.source.encoding.encode(defaultOf(def, row), raw.length);
  return decoded(
    def,
    def.source.encoding,
    raw.map((text, at) => (text === "" ? usual[at] : text)),
  );
}

function decoded(def: ParameterDef, encoding: Encoding, raw: readonly (string | undefined)[]): string | null {
  const value = encoding.decode(raw);
  // Copying for each read value would cost 3 % of a session.
  const limits = def.inFile === null ? def : { ...def, ...def.inFile };
  return value === null || !fitsType(limits, value) || ILLEGAL_IN_XML.test(value) ? null : value;
}

/** The values that the parameter can have, in words, after "must be". */
export function allowedValues(def: ParameterDef): string {
  const item = allowedItem(def);
  const what = def.list ? `a comma-separated list, each item ${item}` : item;
  if (def.maxLength === null) return what;
  const unit = DATA_TYPES[def.type].kind === "binary" ? "bytes" : "characters";
  return what === "text" ? `at most ${def.maxLength} ${unit}` : `${what}, at most ${def.maxLength} ${unit}`;
}

/** The same for a person who edits the phone's file. */
export function allowedInFile(def: ParameterDef): string {
  const texts = def.source.kind === "config" ? ENCODINGS[def.source.encoding.name]?.texts : null;
  return texts ?? allowedValues(def);
}

function allowedItem(def: ParameterDef): string {
  if (def.enumeration !== null) {
    return def.enumeration.length === 1 ? def.enumeration.join() : `one of ${def.enumeration.join(", ")}`;
  }
  if (def.pattern !== null) return formatOf(def.pattern)?.allowed ?? `text that matches ${patternText(def.pattern)}`;
  const type = DATA_TYPES[def.type];
  if (type.bounds === null) return type.allowed;
  const minimum = def.minimum ?? type.bounds.minimum;
  const maximum = def.maximum ?? type.bounds.maximum;
  return `${type.allowed} from ${minimum} to ${maximum}${def.step === null ? "" : ` in steps of ${def.step}`}`;
}

/**
 * A value that the phone's file would give back in another form: an ACS would write it again and again. Free texts that do not
 * fit a line are not refused: the agent keeps them beside the file.
 */
function checkInFile(def: ParameterDef, value: string): string | null {
  const isInteger = DATA_TYPES[def.type].kind === "integer";
  if (def.source.kind !== "config" || !(isInteger || def.enumeration !== null)) return null;
  const { encoding, keys } = def.source;
  if (encoding.decode(encoding.encode(value, keys.length)) === value) return null;
  return `must be ${allowedValues(def)}${isInteger ? ", without sign and leading zeros" : ""}`;
}

function fitsType(def: ParameterDef, value: string): boolean {
  if (!def.list) return fitsItem(def, value) && fitsLength(def, value);
  if (!fitsLength(def, value)) return false;
  return value === "" || value.split(",").every((item) => fitsListItem(def, item.replace(/^ +| +$/g, "")));
}

/** C-268: items are not empty and hold no blank (they are percent-encoded instead). */
function fitsListItem(def: ParameterDef, item: string): boolean {
  return item !== "" && !/\s/.test(item) && fitsItem(def, item);
}

function fitsLength(def: ParameterDef, value: string): boolean {
  if (def.maxLength === null) return true;
  return sizeOf(def.list ? "string" : def.type, value) <= def.maxLength;
}

function fitsItem(def: ParameterDef, item: string): boolean {
  if (!DATA_TYPES[def.type].accepts(item)) return false;
  if (def.enumeration !== null && !def.enumeration.includes(item)) return false;
  if (def.pattern !== null && !fitsPattern(def, def.pattern, item)) return false;
  return fitsRange(def, item);
}

/** Formats allow the empty text, which most values are at first. */
function fitsPattern(def: ParameterDef, pattern: RegExp, item: string): boolean {
  if (!fitsLength(def, item)) return false;
  const format = formatOf(pattern);
  if (format === null) return pattern.test(item);
  if (item === "") return true;
  return (format.usual?.test(item) === true || pattern.test(item)) && format.isUsable?.(item) !== false;
}

function fitsRange(def: ParameterDef, item: string): boolean {
  if (def.minimum === null && def.maximum === null && def.step === null) return true;
  const number = parseInteger(item);
  if (number === null) return false;
  if (def.step !== null && (number - (def.minimum ?? 0n)) % def.step !== 0n) return false;
  return (def.minimum === null || number >= def.minimum) && (def.maximum === null || number <= def.maximum);
}
