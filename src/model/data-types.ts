import { type CwmpType, UNKNOWN_TIME } from "../cwmp/types.ts";
import { isDateTime } from "./date-time.ts";

/** One data type of TR-106. */
export interface DataType {
  /** In words, after "must be". */
  readonly allowed: string;
  /** "No value" of the type, the default of a parameter that names none. */
  readonly nullValue: string;
  readonly kind: "text" | "binary" | "integer" | "other";
  /** Bounds of an integer type. */
  readonly bounds: { readonly minimum: bigint; readonly maximum: bigint } | null;
  /** Whether the text is of the type, without facets. */
  accepts(text: string): boolean;
}

/** Far more digits than 64 bits need, few enough to convert at no cost. */
const INTEGER = /^[+-]?[0-9]{1,40}$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const HEX = /^(?:[0-9A-Fa-f]{2})*$/;

/** The integer that a text writes in decimal, or null. */
export function parseInteger(text: string): bigint | null {
  return INTEGER.test(text) ? BigInt(text) : null;
}

function integerType(minimum: bigint, maximum: bigint, nullValue: string): DataType {
  return {
    allowed: "a whole number",
    nullValue,
    kind: "integer",
    bounds: { minimum, maximum },
    accepts: (text) => {
      const number = parseInteger(text);
      return number !== null && number >= minimum && number <= maximum;
    },
  };
}

/** The data types of TR-106 3.2: decimal integers alone, booleans in four spellings, times in UTC (C-135, C-262..C-267, C-270). */
export const DATA_TYPES: Readonly<Record<CwmpType, DataType>> = {
  string: { allowed: "text", nullValue: "", kind: "text", bounds: null, accepts: () => true },
  int: integerType(-(2n ** 31n), 2n ** 31n - 1n, "-1"),
  unsignedInt: integerType(0n, 2n ** 32n - 1n, "0"),
  long: integerType(-(2n ** 63n), 2n ** 63n - 1n, "-1"),
  unsignedLong: integerType(0n, 2n ** 64n - 1n, "0"),
  boolean: {
    allowed: "true or false (also 1 or 0)",
    nullValue: "false",
    kind: "other",
    bounds: null,
    accepts: (text) => text === "true" || text === "false" || text === "1" || text === "0",
  },
  dateTime: {
    allowed: "a time in UTC such as 2031-12-24T18:30:00Z",
    nullValue: UNKNOWN_TIME,
    kind: "other",
    bounds: null,
    accepts: isDateTime,
  },
  base64: {
    allowed: "bytes in base64",
    nullValue: "",
    kind: "binary",
    bounds: null,
    accepts: (text) => BASE64.test(text),
  },
  hexBinary: {
    allowed: "an even number of hexadecimal digits",
    nullValue: "",
    kind: "binary",
    bounds: null,
    accepts: (text) => HEX.test(text),
  },
};

/** The size that a `maxLength` bounds: characters of a text (not bytes, C-261), bytes of binary data (C-265). */
export function sizeOf(type: CwmpType, value: string): number {
  if (type === "hexBinary") return value.length / 2;
  if (type === "base64") return (value.length / 4) * 3 - (value.match(/=/g)?.length ?? 0);
  let characters = 0;
  for (const _ of value) characters += 1;
  return characters;
}
