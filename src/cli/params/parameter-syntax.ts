import type { ParameterDef } from "../../model/types.ts";
import { element } from "./xml-markup.ts";
import { xsdPattern } from "./xsd-pattern.ts";

/** Longest text of a units facet. */
const MAX_UNITS = 32;
const INTEGERS: readonly string[] = ["int", "unsignedInt", "long", "unsignedLong"];

/** `syntax` of a parameter: its type with all facets of the standard's schema. */
export function syntaxOf(def: ParameterDef): string {
  const { list, maxLength, hidden } = def;
  const size = maxLength === null ? [] : [element("size", { maxLength })];
  const type = element(def.type, {}, [...(list ? [] : size), ...facetsOf(def)]);
  const attributes = { hidden: hidden ? true : null, command: isCommand(def) ? true : null };
  return element("syntax", attributes, [...(list ? [element("list", {}, size)] : []), type, ...defaultOf(def)]);
}

/** Properties that the schema cannot express, as sentences. */
export function remarksOf(def: ParameterDef): readonly string[] {
  const { writableWhen, restart, units, pattern, source } = def;
  const remarks: readonly (readonly [boolean, string])[] = [
    [writableWhen !== null, `Writable only while ${writableWhen?.path} is ${writableWhen?.value}.`],
    [restart, "A change takes effect after a reboot."],
    [units !== null && !hasUnitsFacet(def), `In ${units}.`],
    [pattern !== null && xsdPattern(pattern) === null, `Must match the regular expression ${pattern?.source}`],
    [def.defaults.length > 1, `By row: ${(source.kind === "constant" ? source.values : def.defaults).join(", ")}.`],
  ];
  return remarks.flatMap(([holds, text]) => (holds ? [text] : []));
}

function facetsOf(def: ParameterDef): readonly string[] {
  const { minimum, maximum, step, enumeration, reference, units } = def;
  const pattern = def.pattern === null ? null : xsdPattern(def.pattern);
  const hasRange = minimum !== null || maximum !== null;
  return [
    ...(reference === null
      ? []
      : [element("pathRef", { refType: "strong", targetParent: reference, targetType: "row" })]),
    ...(hasRange ? [element("range", { minInclusive: minimum, maxInclusive: maximum, step })] : []),
    ...(enumeration ?? []).map((value) => element("enumeration", { value })),
    ...(pattern === null ? [] : [element("pattern", { value: pattern })]),
    ...(hasUnitsFacet(def) ? [element("units", { value: units })] : []),
  ];
}

function hasUnitsFacet({ type, units }: ParameterDef): boolean {
  return units !== null && units.length <= MAX_UNITS && INTEGERS.includes(type);
}

/** Writing it triggers an action; its value has no meaning. */
function isCommand({ source }: ParameterDef): boolean {
  return source.kind === "live" && source.action !== null;
}

/** Settings have factory values, constants a fixed value. If defaults differ between rows: see the remarks. */
function defaultOf({ source, defaults }: ParameterDef): readonly string[] {
  const isSetting = source.kind === "config" || (source.kind === "agent" && source.value === "stored");
  const values = source.kind === "constant" ? source.values : isSetting ? defaults : [];
  const [value] = values;
  if (value === undefined || values.length > 1) return [];
  return [element("default", { type: isSetting ? "factory" : "implementation", value })];
}
