import { versionOfNamespace } from "../cwmp/versions.ts";
import type { ParameterValue, Status, XmlElement } from "./messages.ts";
import { XML_SCHEMA_INSTANCE } from "./namespaces.ts";
import { container, escapeXml, leaf } from "./xml-writer.ts";

/** An argument that is missing or cannot be read. The message names it and never holds its value. */
export class ArgumentError extends Error {
  override readonly name = "ArgumentError";

  constructor(argument: string, problem: string) {
    super(`${argument} ${problem}`);
  }
}

/** One argument type, both ways. `argument` is the place in the message for errors: `ParameterList.ParameterValueStruct[2].Name`. */
export interface Codec<T> {
  /** The whole element of that name, as markup. Throws CwmpFault 9002 for text that XML cannot carry. */
  encode(name: string, value: T): string;
  /** Throws ArgumentError. */
  decode(element: XmlElement, argument: string): T;
}

/** Character data exactly as it stands, white space included (C-064). Lengths are checked by whoever knows the limit. */
export const text: Codec<string> = {
  encode: (name, value) => leaf(name, value),
  decode: textOf,
};

/** 0, 1, true, false and nothing else (C-135); white space around it does not count (XML Schema: collapse). */
export const boolean: Codec<boolean> = {
  encode: (name, value) => leaf(name, value ? "1" : "0"),
  decode(element, argument) {
    const word = textOf(element, argument).trim();
    if (word === "1" || word === "true") return true;
    if (word === "0" || word === "false") return false;
    throw new ArgumentError(argument, "is not a boolean (0, 1, true or false)");
  },
};

export const int: Codec<number> = integer(-(2 ** 31), 2 ** 31 - 1);
export const unsignedInt: Codec<number> = integer(0, 2 ** 32 - 1);

/** 0: applied. 1: committed, not yet applied. */
export const status: Codec<Status> = {
  encode: (name, value) => leaf(name, String(value)),
  decode: (element, argument) => (integer(0, 1).decode(element, argument) === 1 ? 1 : 0),
};

/** The text of an xsd:dateTime; its fields are not looked at further. */
export const dateTime: Codec<string> = {
  encode: (name, value) => leaf(name, value),
  decode(element, argument) {
    const word = textOf(element, argument).trim();
    if (/^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/.test(word)) return word;
    throw new ArgumentError(argument, "is not a dateTime");
  },
};

/**
 * A parameter with its value. The value's white space is kept whatever its type: the data model, which knows the type, trims.
 * `xsi:nil` reads as an empty value. On the wire `base64` is `soap-enc:base64`; `xsd:base64Binary` is read as `base64` too.
 */
export const parameterValue: Codec<ParameterValue> = {
  // In one piece: an answer has hundreds of them.
  encode(name, { name: path, value, type }) {
    const typed = type === null ? "" : ` xsi:type="${qualifiedType(type)}"`;
    return `<${name}>\n<Name>${escapeXml(path)}</Name>\n<Value${typed}>${escapeXml(value)}</Value>\n</${name}>\n`;
  },
  decode(element, argument) {
    const value = member(element, "Value", argument);
    return {
      name: textOf(member(element, "Name", argument), join(argument, "Name")),
      value: textOf(value, join(argument, "Value")),
      type: typeOf(value),
    };
  },
};

/** The members of a message or struct in wire order: the order of the keys. */
export type FieldsOf<T> = { readonly [K in keyof T]: Field<T[K]> };

export interface Field<T> {
  readonly name: string;
  readonly codec: Codec<T>;
  /** Stands in for a missing or unreadable member that nobody needs. */
  readonly fallback?: T;
}

export function field<T>(name: string, codec: Codec<T>): Field<T> {
  return { name, codec };
}

export function optional<T>(name: string, codec: Codec<T>, fallback: T): Field<T> {
  return { name, codec, fallback };
}

export function struct<T extends object>(fields: FieldsOf<T>): Codec<T> {
  return {
    encode: (name, value) => container(name, encodeMembers(fields, value)),
    decode: (element, argument) => decodeMembers(fields, element, argument),
  };
}

/** A SOAP array: exact count on the way out (C-053), count and arrayType ignored on the way in (C-056). */
export function list<T>(memberName: string, memberType: string, codec: Codec<T>): Codec<readonly T[]> {
  return {
    encode(name, values) {
      const content = values.map((value) => codec.encode(memberName, value)).join("");
      return container(name, content, ` soap-enc:arrayType="${memberType}[${values.length}]"`);
    },
    decode(element, argument) {
      const members = element.children.filter((child) => child.name === memberName);
      // Unknown elements are ignored, but a list of nothing else is a mistake that must not look like an empty list.
      if (members.length === 0 && element.children.length > 0)
        throw new ArgumentError(argument, `holds no ${memberName}`);
      return members.map((item, index) => codec.decode(item, `${argument}.${memberName}[${index + 1}]`));
    },
  };
}

export function encodeMembers<T extends object>(fields: FieldsOf<T>, value: T): string {
  let content = "";
  for (const key of keysOf(fields)) content += fields[key].codec.encode(fields[key].name, value[key]);
  return content;
}

/** `argument` is the place of the struct, empty for the message itself. Throws ArgumentError. */
export function decodeMembers<T extends object>(fields: FieldsOf<T>, element: XmlElement, argument: string): T {
  return Object.fromEntries(keysOf(fields).map((key) => [key, decodeField(fields[key], element, argument)])) as T;
}

function decodeField<T>({ name, codec, fallback }: Field<T>, element: XmlElement, argument: string): T {
  try {
    return codec.decode(member(element, name, argument), join(argument, name));
  } catch (error) {
    if (fallback !== undefined && error instanceof ArgumentError) return fallback;
    throw error;
  }
}

function keysOf<T extends object>(fields: FieldsOf<T>): readonly (keyof T)[] {
  return Object.keys(fields) as (keyof T)[];
}

/**
 * The member of that local name. Members have no namespace (C-039); one in a CWMP namespace comes from a sender with a
 * default namespace and counts too. Others are ignored, as are unknown names (C-066).
 */
function member(element: XmlElement, name: string, argument: string): XmlElement {
  const [first, second] = element.children.filter((child) => child.name === name && isMember(child));
  if (first === undefined) throw new ArgumentError(join(argument, name), "is missing");
  if (second !== undefined) throw new ArgumentError(join(argument, name), "is given more than once");
  return first;
}

function isMember(element: XmlElement): boolean {
  return element.namespace === "" || versionOfNamespace(element.namespace) !== null;
}

function join(argument: string, name: string): string {
  return argument === "" ? name : `${argument}.${name}`;
}

function textOf(element: XmlElement, argument: string): string {
  if (element.children.length > 0) throw new ArgumentError(argument, "holds elements where a text should be");
  return element.text;
}

function integer(minimum: number, maximum: number): Codec<number> {
  return {
    encode: (name, value) => leaf(name, String(value)),
    decode(element, argument) {
      const digits = textOf(element, argument).trim();
      const value = /^[+-]?[0-9]{1,15}$/.test(digits) ? Number(digits) : Number.NaN;
      if (value >= minimum && value <= maximum) return value + 0; // "-0" is 0
      throw new ArgumentError(argument, `is not a whole decimal number from ${minimum} to ${maximum}`);
    },
  };
}

function qualifiedType(type: string): string {
  return type === "base64" ? "soap-enc:base64" : `xsd:${escapeXml(type)}`;
}

function typeOf(value: XmlElement): string | null {
  const qualified = value.attributes.get(`{${XML_SCHEMA_INSTANCE}}type`)?.trim() ?? "";
  const local = qualified.slice(qualified.lastIndexOf(":") + 1);
  if (local === "") return null;
  return local === "base64Binary" ? "base64" : local;
}
