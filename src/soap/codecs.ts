import { versionOfNamespace } from "../cwmp/versions.ts";
import type { ParameterValue, Status, XmlElement } from "./messages.ts";
import { XML_SCHEMA_INSTANCE } from "./namespaces.ts";
import { ArgumentError, type Place } from "./place.ts";
import { collapsed } from "./xml-text.ts";
import { container, escapeXml, leaf } from "./xml-writer.ts";

/** One argument type, both ways. */
export interface Codec<T> {
  /** The whole element of that name, as markup. Throws CwmpFault 9002 for text that XML cannot carry. */
  encode(name: string, value: T): string;
  /** Throws ArgumentError. */
  decode(element: XmlElement, at: Place): T;
}

/** Character data exactly as it stands, white space included (C-064). Lengths are checked where the limit is known. */
export const text: Codec<string> = {
  encode: (name, value) => leaf(name, value),
  decode: textOf,
};

/** A text in which blanks at the ends have no meaning, as in a path: a sender that indents its XML may put some there. */
export const token: Codec<string> = {
  encode: (name, value) => leaf(name, value),
  decode: (element, at) => collapsed(textOf(element, at)),
};

/** 0, 1, true, false and nothing else (C-135); white space around it does not count (XML Schema: collapse). */
export const boolean: Codec<boolean> = {
  encode: (name, value) => leaf(name, value ? "1" : "0"),
  decode(element, at) {
    const word = collapsed(textOf(element, at));
    if (word === "1" || word === "true") return true;
    if (word === "0" || word === "false") return false;
    throw new ArgumentError(at, "is not a boolean (0, 1, true or false)");
  },
};

export const int: Codec<number> = integer(-(2 ** 31), 2 ** 31 - 1);
export const unsignedInt: Codec<number> = integer(0, 2 ** 32 - 1);

/** 0: applied. 1: committed, not yet applied. */
export const status: Codec<Status> = {
  encode: (name, value) => leaf(name, String(value)),
  decode: (element, at) => (integer(0, 1).decode(element, at) === 1 ? 1 : 0),
};

/** The text of an xsd:dateTime; its fields are not looked at further. */
export const dateTime: Codec<string> = {
  encode: (name, value) => leaf(name, value),
  decode(element, at) {
    const word = collapsed(textOf(element, at));
    if (/^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/.test(word)) return word;
    throw new ArgumentError(at, "is not a dateTime");
  },
};

/**
 * A parameter with its value. The value's white space is kept whatever its type: the data model, which knows the type, trims.
 * `xsi:nil` reads as an empty value. On the wire `base64` is `soapenc:base64`; `xsd:base64Binary` is read as `base64` too.
 */
export const parameterValue: Codec<ParameterValue> = {
  // In one piece: an answer has hundreds of them.
  encode(name, { name: path, value, type }) {
    const typed = type === null ? "" : ` xsi:type="${qualifiedType(type)}"`;
    return `<${name}>\n<Name>${escapeXml(path)}</Name>\n<Value${typed}>${escapeXml(value)}</Value>\n</${name}>\n`;
  },
  decode(element, at) {
    const value = member(element, "Value", at);
    return {
      name: token.decode(member(element, "Name", at), at.member("Name")),
      value: textOf(value, at.member("Value")),
      type: typeOf(value),
    };
  },
};

/** The members of a message or struct in wire order: the order of the keys. */
export type FieldsOf<T> = { readonly [K in keyof T]: Field<T[K]> };

export interface Field<T> {
  readonly name: string;
  readonly codec: Codec<T>;
  /** The value of a missing member, if there is one safe choice. */
  readonly absent?: T;
  /** The same for an unreadable one that has no effect. */
  readonly unreadable?: T;
}

export function field<T>(name: string, codec: Codec<T>): Field<T> {
  return { name, codec };
}

/** If missing it reads as `absent` (empty, 0 or false): many ACSs omit unused arguments. */
export function optional<T>(name: string, codec: Codec<T>, absent: T): Field<T> {
  return { name, codec, absent };
}

/** Missing or unreadable, it reads as `value`. */
export function unneeded<T>(name: string, codec: Codec<T>, value: T): Field<T> {
  return { name, codec, absent: value, unreadable: value };
}

export function struct<T extends object>(fields: FieldsOf<T>): Codec<T> {
  return {
    encode: (name, value) => container(name, encodeMembers(fields, value)),
    decode: (element, at) => decodeMembers(fields, element, at),
  };
}

/** A SOAP array: exact count on the way out (C-053), count and arrayType ignored on the way in (C-056). */
export function list<T>(memberName: string, memberType: string, codec: Codec<T>): Codec<readonly T[]> {
  return {
    encode(name, values) {
      const content = values.map((value) => codec.encode(memberName, value)).join("");
      return container(name, content, ` soapenc:arrayType="${memberType}[${values.length}]"`);
    },
    decode: (element, at) =>
      membersOf(element, memberName, at).map((item, index) => codec.decode(item, at.item(memberName, index + 1))),
  };
}

/**
 * The name of a member has no meaning in SOAP (1.1, 5.4.2): where none has the expected one and all have one and the same,
 * they are the members. Other elements between members are ignored (C-066), but a list of nothing else is a mistake that must
 * not look like an empty list.
 */
function membersOf(element: XmlElement, memberName: string, at: Place): readonly XmlElement[] {
  const members = element.children.filter((child) => child.name === memberName);
  const [first, ...others] = element.children;
  if (members.length > 0 || first === undefined) return members;
  if (others.every((other) => other.name === first.name && other.namespace === first.namespace))
    return element.children;
  throw new ArgumentError(at, `holds no ${memberName}`);
}

export function encodeMembers<T extends object>(fields: FieldsOf<T>, value: T): string {
  let content = "";
  for (const key of keysOf(fields)) content += fields[key].codec.encode(fields[key].name, value[key]);
  return content;
}

/** Throws ArgumentError. `at` is the place of the struct. */
export function decodeMembers<T extends object>(fields: FieldsOf<T>, element: XmlElement, at: Place): T {
  return Object.fromEntries(keysOf(fields).map((key) => [key, decodeField(fields[key], element, at)])) as T;
}

function decodeField<T>({ name, codec, absent, unreadable }: Field<T>, element: XmlElement, at: Place): T {
  const found = memberOrNone(element, name, at);
  if (found === undefined) {
    if (absent === undefined) throw new ArgumentError(at.member(name), "is missing");
    at.member(name).isAbsent();
    return absent;
  }
  try {
    return codec.decode(found, at.member(name));
  } catch (error) {
    if (unreadable !== undefined && error instanceof ArgumentError) return unreadable;
    throw error;
  }
}

function keysOf<T extends object>(fields: FieldsOf<T>): readonly (keyof T)[] {
  return Object.keys(fields) as (keyof T)[];
}

function member(element: XmlElement, name: string, at: Place): XmlElement {
  const found = memberOrNone(element, name, at);
  if (found === undefined) throw new ArgumentError(at.member(name), "is missing");
  return found;
}

/**
 * The member of that local name. Members have no namespace (C-039); one in a CWMP namespace comes from a sender with a
 * default namespace and counts too. Where there is none, one that differs in capitals is meant: `TargetFilename`. Others are
 * ignored, as are unknown names (C-066).
 */
export function memberOrNone(element: XmlElement, name: string, at: Place): XmlElement | undefined {
  const exact = element.children.filter((child) => child.name === name && isMember(child));
  const [first, second] = exact.length > 0 ? exact : element.children.filter((child) => isMisspelt(child, name));
  if (second !== undefined) throw new ArgumentError(at.member(name), "is given more than once");
  return first;
}

function isMisspelt(child: XmlElement, name: string): boolean {
  return child.name.length === name.length && child.name.toLowerCase() === name.toLowerCase() && isMember(child);
}

function isMember(element: XmlElement): boolean {
  return element.namespace === "" || versionOfNamespace(element.namespace) !== null;
}

function textOf(element: XmlElement, at: Place): string {
  if (element.children.length > 0) throw new ArgumentError(at, "holds elements where a text should be");
  return element.text;
}

function integer(minimum: number, maximum: number): Codec<number> {
  return {
    encode: (name, value) => leaf(name, String(value)),
    decode(element, at) {
      const digits = collapsed(textOf(element, at));
      const value = /^[+-]?[0-9]{1,15}$/.test(digits) ? Number(digits) : Number.NaN;
      if (value >= minimum && value <= maximum) return value + 0; // "-0" is 0
      throw new ArgumentError(at, `is not a whole decimal number from ${minimum} to ${maximum}`);
    },
  };
}

function qualifiedType(type: string): string {
  return type === "base64" ? "soapenc:base64" : `xsd:${escapeXml(type)}`;
}

function typeOf(value: XmlElement): string | null {
  const qualified = value.attributes.get(`{${XML_SCHEMA_INSTANCE}}type`)?.trim() ?? "";
  const local = qualified.slice(qualified.lastIndexOf(":") + 1);
  if (local === "") return null;
  return local === "base64Binary" ? "base64" : local;
}
