import { timeZoneName } from "../cwmp/time-zone.ts";
import { type CwmpType, UNKNOWN_TIME } from "../cwmp/types.ts";
import type { Encoding } from "./types.ts";

/** The facts about a parameter that an encoding may use. */
export interface EncodedParameter {
  readonly type: CwmpType;
}

/** One line of the table of encodings. */
export interface EncodingSpec {
  readonly keyCount: { readonly minimum: number; readonly maximum: number };
  readonly types: readonly CwmpType[];
  /** It shows a value of the phone in another form and cannot be written back. */
  readonly readOnly: boolean;
  /** What a person may write into the phone's file, in words; null where that is the value as it is on the wire. */
  readonly texts: string | null;
  make(parameter: EncodedParameter): Encoding;
}

const INTEGERS: readonly CwmpType[] = ["int", "unsignedInt", "long", "unsignedLong"];
const TEXTS: readonly CwmpType[] = ["string", "base64", "hexBinary"];
const ONE_KEY = { minimum: 1, maximum: 1 };
const TWO_KEYS = { minimum: 2, maximum: 2 };

/** The phone counts codec preference 13 (best) to 1, CWMP counts 1 (best) upwards. */
const BEST_CODEC_PRIORITY = 13;
const LOUDEST_RING = 15;

function oneKey(name: string, decode: (text: string) => string | null, encode: (value: string) => string): Encoding {
  return {
    name,
    decode: ([text]) => (text === undefined ? null : decode(text)),
    encode: (value) => [encode(value)],
  };
}

/** The phone's file has one line a value and no quotes: blanks at the ends and line breaks cannot be kept. */
function lineOf(text: string): string | null {
  return /[\r\n]/.test(text) ? null : text.trim();
}

function switchOf(text: string): "true" | "false" | null {
  if (text === "1") return "true";
  return text === "0" ? "false" : null;
}

/** Decimal digits as a number from `minimum` to `maximum`, or null. */
function smallNumber(text: string, minimum: number, maximum: number): number | null {
  const number = /^[0-9]{1,3}$/.test(text) ? Number(text) : -1;
  return number >= minimum && number <= maximum ? number : null;
}

function textEncoding(): Encoding {
  return oneKey("text", lineOf, (value) => value);
}

function booleanEncoding(): Encoding {
  return oneKey("boolean", switchOf, (value) => (value === "true" || value === "1" ? "1" : "0"));
}

function integerEncoding(): Encoding {
  return oneKey(
    "integer",
    (text) => (/^[+-]?[0-9]+$/.test(text) ? text : null),
    (value) => value,
  );
}

function dateTimeEncoding(): Encoding {
  return oneKey(
    "dateTime",
    (text) => (text === "" ? UNKNOWN_TIME : lineOf(text)),
    (value) => (value === UNKNOWN_TIME ? "" : value),
  );
}

/** Words on the wire, short codes in the file. `alsoRead` are codes that stand for a word but are never written. */
function wordEncoding(
  name: string,
  codes: Readonly<Record<string, string>>,
  alsoRead: Readonly<Record<string, string>>,
) {
  const words = new Map([
    ...Object.entries(alsoRead),
    ...Object.entries(codes).map(([word, code]) => [code, word] as const),
  ]);
  return (): Encoding =>
    oneKey(
      name,
      (text) => words.get(text) ?? null,
      (value) => (Object.hasOwn(codes, value) ? (codes[value] ?? "") : ""),
    );
}

function rankEncoding(): Encoding {
  const invert = (text: string) => {
    const number = smallNumber(text, 1, BEST_CODEC_PRIORITY);
    return number === null ? null : String(BEST_CODEC_PRIORITY + 1 - number);
  };
  return oneKey("rankInversion", invert, (value) => invert(value) ?? "");
}

function hourMinuteEncoding(): Encoding {
  return {
    name: "hourMinute",
    decode: ([hours = "", minutes]) => {
      const hour = smallNumber(hours, 0, 23);
      const minute = minutes === undefined || minutes === "" ? 0 : smallNumber(minutes, 0, 59);
      if (hour === null || minute === null) return null;
      return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
    },
    encode: (value) => value.split(":", 2).map((part) => String(Number(part))),
  };
}

function isThere(text: string | undefined): boolean {
  return text !== undefined;
}

function allKeysEncoding(parameter: EncodedParameter): Encoding {
  const each = naturalEncoding(parameter);
  return {
    name: "allKeys",
    decode: (raw) => each.decode([raw.find((text) => text !== undefined && text !== "") ?? raw.find(isThere)]),
    encode: (value, keyCount) => new Array<string>(keyCount).fill(each.encode(value, 1)[0] ?? ""),
  };
}

function textAndEnableEncoding(): Encoding {
  return {
    name: "textAndEnable",
    decode: ([text, enable = "1"]) => {
      const on = enable === "" ? "false" : switchOf(enable);
      if (text === undefined || on === null) return null;
      return on === "true" ? lineOf(text) : "";
    },
    encode: (value) => [value, value === "" ? "0" : "1"],
  };
}

/** The zone and its name in the phone's menu, which carries no further information. */
function timeZoneEncoding(): Encoding {
  return {
    name: "timeZone",
    decode: ([text]) => (text === undefined ? null : lineOf(text)),
    encode: (value) => [value, timeZoneName(value)],
  };
}

function ringEncoding(name: string, show: (volume: number) => string) {
  return (): Encoding => ({
    name,
    decode: ([text = ""]) => {
      const volume = smallNumber(text, 0, LOUDEST_RING);
      return volume === null ? null : show(volume);
    },
    encode: (_value, keyCount) => new Array<string>(keyCount).fill(""),
  });
}

function spec(types: readonly CwmpType[], make: EncodingSpec["make"], rest: Partial<EncodingSpec> = {}): EncodingSpec {
  return { keyCount: ONE_KEY, types, readOnly: false, texts: null, make, ...rest };
}

const LINE_ENABLE = wordEncoding("lineEnable", { Disabled: "0", Quiescent: "00", Enabled: "1" }, {});
const ADDRESSING_TYPE = wordEncoding("addressingType", { DHCP: "0", Static: "2" }, { "1": "DHCP" });
const DTMF_METHOD = wordEncoding(
  "dtmfMethod",
  { InBand: "0", RFC2833: "1", SIPInfo: "2" },
  { "3": "SIPInfo", "4": "RFC2833" },
);

/** Every encoding that a data model may name; `datamodel/README.md` describes them. */
export const ENCODINGS: Readonly<Record<string, EncodingSpec>> = {
  text: spec(TEXTS, textEncoding),
  boolean: spec(["boolean"], booleanEncoding, { texts: "0 or 1" }),
  integer: spec(INTEGERS, integerEncoding),
  dateTime: spec(["dateTime"], dateTimeEncoding, { texts: "empty or a time in UTC such as 2031-12-24T18:30:00Z" }),
  addressingType: spec(["string"], ADDRESSING_TYPE, { texts: "0 (DHCP), 1 (PPPoE) or 2 (Static)" }),
  dtmfMethod: spec(["string"], DTMF_METHOD, {
    texts: "0 (InBand), 1 (RFC2833), 2 (SIPInfo), 3 (SIPInfo and InBand) or 4 (SIPInfo and RFC2833)",
  }),
  lineEnable: spec(["string"], LINE_ENABLE, { texts: "0 (Disabled), 00 (Quiescent) or 1 (Enabled)" }),
  rankInversion: spec(INTEGERS, rankEncoding, { texts: "a whole number from 13 (preferred) to 1" }),
  hourMinute: spec(["string"], hourMinuteEncoding, {
    keyCount: TWO_KEYS,
    texts: "an hour from 0 to 23 and a minute from 0 to 59",
  }),
  allKeys: spec([...TEXTS, ...INTEGERS, "boolean", "dateTime"], allKeysEncoding, {
    keyCount: { minimum: 2, maximum: 8 },
  }),
  textAndEnable: spec(["string"], textAndEnableEncoding, { keyCount: TWO_KEYS }),
  timeZone: spec(["string"], timeZoneEncoding, { keyCount: TWO_KEYS }),
  ringMute: spec(
    ["boolean"],
    ringEncoding("ringMute", (volume) => String(volume === 0)),
    {
      readOnly: true,
      texts: "a whole number from 0 to 15",
    },
  ),
  ringPercent: spec(
    INTEGERS,
    ringEncoding("ringPercent", (volume) => String(Math.round((volume * 100) / LOUDEST_RING))),
    {
      readOnly: true,
      texts: "a whole number from 0 to 15",
    },
  ),
};

/** The encoding of a parameter that names none. */
export function naturalEncodingName(type: CwmpType): "boolean" | "integer" | "dateTime" | "text" {
  if (type === "boolean" || type === "dateTime") return type;
  return INTEGERS.includes(type) ? "integer" : "text";
}

function naturalEncoding(parameter: EncodedParameter): Encoding {
  const made = ENCODINGS[naturalEncodingName(parameter.type)]?.make(parameter);
  return made ?? textEncoding();
}
