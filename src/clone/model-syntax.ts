import { CWMP_TYPES } from "../cwmp/types.ts";
import { DATA_TYPES, parseInteger } from "../model/data-types.ts";
import type { NotificationRule } from "../model/types.ts";
import type { XmlElement } from "../soap/messages.ts";
import type { ParameterFacts, ParameterSyntax } from "./dump.ts";
import { attribute, childNamed, type ModelLibrary, placeOf } from "./model-library.ts";
import { patternOf } from "./xsd-pattern.ts";

/** Types of TR-106 that are defined in a separate file and are not texts. */
const NUMBERS: Readonly<Record<string, string>> = {
  StatsCounter32: "unsignedInt",
  StatsCounter64: "unsignedLong",
  Dbm1000: "int",
};
const RULES: readonly NotificationRule[] = ["canDeny", "forceEnabled", "forceDefaultEnabled"];
/** Types that are made of other types, one of another. */
const MAX_DERIVED = 16;

/** A type with the elements that hold its facets, from the most specific to its base types. */
interface Type {
  readonly name: string | null;
  readonly levels: readonly XmlElement[];
}

/** What `parameter` says; `path` is for findings. */
export function factsOf(parameter: XmlElement, path: string, library: ModelLibrary): ParameterFacts {
  const access = attribute(parameter, "access");
  const writable = access === "" ? null : access !== "readOnly";
  const syntax = childNamed(parameter, "syntax");
  if (syntax === null) return { writable, type: null, value: null };
  const type = typeOf(syntax, path, library);
  const value = childNamed(syntax, "default");
  const text = value?.attributes.get("value") ?? null;
  return {
    writable,
    type: type.name,
    value: text,
    addedValue: value !== null && attribute(value, "type") === "object" ? text : null,
    syntax: syntaxOf(parameter, syntax, type, path, library),
  };
}

function typeOf(syntax: XmlElement, path: string, library: ModelLibrary): Type {
  const levels: XmlElement[] = [];
  let element = syntax.children.find(({ name }) => name === "dataType" || isType(name)) ?? null;
  while (element !== null && levels.length < MAX_DERIVED) {
    levels.push(element);
    if (isType(element.name)) return { name: element.name === "decimal" ? "string" : element.name, levels };
    const own: XmlElement | null = element.children.find(({ name }) => isType(name)) ?? null;
    const name: string = element.attributes.get("ref") ?? element.attributes.get("base") ?? "";
    const other = Object.hasOwn(NUMBERS, name) ? (NUMBERS[name] ?? "string") : "string";
    const found: XmlElement | null = own ?? library.find("dataType", name, placeOf(element), `taken as ${other}`);
    if (found === null) return { name: other, levels };
    element = found;
  }
  if (levels.length > 0)
    library.findings.add(placeOf(syntax), "BAD_TYPE", `${path}: its type is made of itself: string is used`);
  return { name: levels.length > 0 ? "string" : null, levels };
}

function isType(name: string): boolean {
  return name === "decimal" || CWMP_TYPES.some((type) => type === name);
}

function syntaxOf(
  parameter: XmlElement,
  syntax: XmlElement,
  { name, levels }: Type,
  path: string,
  { findings }: ModelLibrary,
): ParameterSyntax {
  const list = childNamed(syntax, "list");
  const facets = (facet: string, of: readonly XmlElement[] = levels): readonly XmlElement[] =>
    of.map(({ children }) => children.filter((child) => child.name === facet)).find(({ length }) => length > 0) ?? [];
  const values = facets("enumeration").map((facet) => attribute(facet, "value"));
  const enumeration = values.length === 0 ? null : values;
  const patterns = facets("pattern").map((facet) => attribute(facet, "value"));
  const pattern = patterns.length === 0 ? null : patternOf(patterns);
  if (patterns.length > 0 && pattern === null) {
    const message = `${path}: its pattern is not checked: it is not simple enough, or not of this language`;
    findings.add(placeOf(parameter), "PATTERN_LEFT_OUT", message);
  }
  const isInteger = DATA_TYPES[CWMP_TYPES.find((type) => type === name) ?? "string"].kind === "integer";
  const ranges = isInteger ? facets("range") : [];
  const [minimum, maximum] = [bound(ranges, "minInclusive"), bound(ranges, "maxInclusive")];
  return {
    list: list !== null,
    maxLength: maxLengthOf(facets("size", list === null ? levels : [list])),
    ...{ minimum, maximum, enumeration, pattern },
    step: ranges.length === 1 ? stepOf(ranges[0]) : null,
    hidden: isTrue(attribute(syntax, "hidden")) || isTrue(attribute(syntax, "secured")),
    forcedInform: isTrue(attribute(parameter, "forcedInform")),
    notification: RULES.find((rule) => rule === attribute(parameter, "activeNotify")) ?? "normal",
    usual: list !== null ? null : usualOf(name, enumeration, minimum, maximum),
  };
}

/** xs:boolean. */
function isTrue(text: string): boolean {
  return text === "true" || text === "1";
}

/** Where a size is open, or several are allowed, the longest. */
function maxLengthOf(sizes: readonly XmlElement[]): number | null {
  const lengths = sizes.map((size) => Number(size.attributes.get("maxLength") ?? Number.NaN));
  return lengths.length > 0 && lengths.every((length) => Number.isSafeInteger(length) && length >= 0)
    ? Math.max(...lengths)
    : null;
}

/** Of several ranges the widest bound; null where one of them is open. */
function bound(ranges: readonly XmlElement[], name: "minInclusive" | "maxInclusive"): bigint | null {
  let widest: bigint | null = null;
  for (const range of ranges) {
    const value = parseInteger(attribute(range, name));
    if (value === null) return null;
    if (widest === null || (name === "minInclusive" ? value < widest : value > widest)) widest = value;
  }
  return widest;
}

function stepOf(range: XmlElement | undefined): bigint | null {
  const step = range === undefined ? null : parseInteger(attribute(range, "step"));
  return step !== null && step > 1n ? step : null;
}

/** Null: the type's empty value is allowed. */
function usualOf(
  type: string | null,
  enumeration: readonly string[] | null,
  minimum: bigint | null,
  maximum: bigint | null,
): string | null {
  if (enumeration !== null) return enumeration.includes("") ? null : (enumeration[0] ?? null);
  if (minimum === null && maximum === null) return null;
  const empty = BigInt(type?.startsWith("unsigned") === true ? 0 : -1);
  const isAllowed = (minimum === null || empty >= minimum) && (maximum === null || empty <= maximum);
  return isAllowed ? null : String(minimum ?? maximum);
}
