import { CWMP_TYPES, type CwmpType } from "../cwmp/types.ts";
import { DATA_TYPES, parseInteger } from "./data-types.ts";
import { FORMATS, wholeValue } from "./formats.ts";
import { Fields } from "./model-file.ts";
import type { Scope } from "./scope.ts";
import type { ParameterDef, ValueLimits } from "./types.ts";

export const SHAPE_FIELDS = [
  "type",
  "list",
  "maxLength",
  "range",
  "step",
  "enumeration",
  "pattern",
  "format",
  "inFile",
] as const;
const IN_FILE_FIELDS = ["maxLength", "range"] as const;

/** The type of a parameter with its facets. */
export type Shape = Pick<
  ParameterDef,
  "type" | "list" | "maxLength" | "minimum" | "maximum" | "step" | "inFile" | "enumeration" | "pattern"
>;

/** Null when the type is missing or unknown: nothing else can be checked then. */
export function readShape(scope: Scope, fields: Fields): Shape | null {
  const written = fields.required("type");
  if (written === null) return null;
  const type = CWMP_TYPES.find((known) => known === written);
  if (type === undefined) {
    scope.file.report(fields.at("type"), "WRONG_VALUE", `type must be one of ${CWMP_TYPES.join(", ")}`);
    return null;
  }
  checkFacets(scope, fields, type);
  return {
    type,
    list: fields.flag("list"),
    maxLength: fields.integer("maxLength", 1),
    ...readRange(scope, fields, type),
    step: readStep(fields),
    inFile: readLimitsInFile(scope, fields, type),
    enumeration: fields.texts("enumeration")?.map(({ text }) => text) ?? null,
    pattern: readPattern(scope, fields),
  };
}

function checkFacets(scope: Scope, fields: Fields, type: CwmpType): void {
  const { kind } = DATA_TYPES[type];
  const refuse = (name: string, why: string) => {
    if (fields.has(name)) scope.file.report(fields.at(name), "BAD_FACET", `${name} ${why}`);
  };
  if (kind !== "integer") refuse("step", `is for numbers, not for ${type}`);
  if (kind !== "integer") refuse("range", `is for numbers, not for ${type}`);
  if (kind !== "text")
    for (const name of ["enumeration", "pattern", "format"]) refuse(name, `is for string, not for ${type}`);
  if (kind !== "text" && kind !== "binary" && !fields.flag("list"))
    refuse("maxLength", `is for texts, not for ${type}`);
  if (fields.has("format")) refuse("pattern", "and format exclude each other; keep one");
}

function readRange(scope: Scope, fields: Fields, type: CwmpType): Pick<Shape, "minimum" | "maximum"> {
  const text = fields.text("range");
  const { bounds } = DATA_TYPES[type];
  if (text === null || bounds === null) return { minimum: null, maximum: null };
  const match = /^(-?[0-9]{1,20})?\.\.(-?[0-9]{1,20})?$/.exec(text);
  const minimum = parseInteger(match?.[1] ?? "");
  const maximum = parseInteger(match?.[2] ?? "");
  const problem = problemOfRange(minimum, maximum, bounds);
  if (problem === null) return { minimum, maximum };
  scope.file.report(fields.at("range"), "BAD_RANGE", problem);
  return { minimum: null, maximum: null };
}

function readStep(fields: Fields): bigint | null {
  const step = fields.integer("step", 1);
  return step === null ? null : BigInt(step);
}

function readLimitsInFile(scope: Scope, fields: Fields, type: CwmpType): ValueLimits | null {
  if (!fields.has("inFile")) return null;
  const wider = Fields.read(scope.file, fields.at("inFile"), "inFile", IN_FILE_FIELDS);
  if (wider === null) return null;
  return { maxLength: wider.integer("maxLength", 1), ...readRange(scope, wider, type), step: null };
}

type Bounds = { readonly minimum: bigint; readonly maximum: bigint };

function problemOfRange(minimum: bigint | null, maximum: bigint | null, bounds: Bounds): string | null {
  if (minimum === null && maximum === null) return "a range is written low..high, low.. or ..high";
  const low = minimum ?? bounds.minimum;
  const high = maximum ?? bounds.maximum;
  if (low > high) return "the range holds no number: its low end is above its high end";
  return low < bounds.minimum || high > bounds.maximum ? "the range goes beyond what the type can hold" : null;
}

function readPattern(scope: Scope, fields: Fields): RegExp | null {
  const format = fields.text("format");
  if (format !== null) {
    const known = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
    if (known !== undefined) return known.pattern;
    scope.file.report(fields.at("format"), "WRONG_VALUE", `format must be one of ${Object.keys(FORMATS).join(", ")}`);
  }
  const pattern = fields.text("pattern");
  if (pattern === null) return null;
  try {
    return wholeValue(pattern);
  } catch (error) {
    const why = error instanceof Error ? error.message : "";
    scope.file.report(fields.at("pattern"), "BAD_PATTERN", `pattern is not a regular expression: ${why}`);
    return null;
  }
}
