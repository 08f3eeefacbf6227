import { CWMP_TYPES, type CwmpType } from "../cwmp/types.ts";
import { DATA_TYPES } from "../model/data-types.ts";
import type { Encoding, ParameterDef } from "../model/types.ts";
import { allowedValues, canonicalValue, checkValue, valueOnWire } from "../model/value.ts";
import type { DumpParameter, ParameterSyntax } from "./dump.ts";
import type { FindingList } from "./finding-list.ts";
import { isSecretName, type OwnDefinitions } from "./own-definitions.ts";

/** The position of a parameter in the clone. */
export interface ParameterPlace {
  readonly name: string;
  /** With `{i}` in rows that are added, with instance numbers elsewhere. */
  readonly template: string;
  /** Below the root: `DeviceInfo.UpTime`. */
  readonly ownName: string;
  /** A table beside it that it counts. */
  readonly counts: string | null;
}

export interface CloneContext {
  readonly own: OwnDefinitions;
  /** Names below the root of what is in every Inform. */
  readonly forced: ReadonlySet<string>;
  readonly findings: FindingList;
}

const OTHER_NAMES: Readonly<Record<string, CwmpType>> = {
  base64Binary: "base64",
  anySimpleType: "string",
  anyURI: "string",
};
const NONE: readonly never[] = [];
/** Where the dump says no more than the type. */
const ANY_VALUE: ParameterSyntax = {
  ...{ list: false, maxLength: null, minimum: null, maximum: null, step: null, enumeration: null, pattern: null },
  ...{ hidden: false, notification: "normal", forcedInform: false, usual: null },
};
/** The settings of a clone are kept as they are on the wire. */
const EXACT: Encoding = { name: "text", decode: ([text]) => text ?? null, encode: (value) => [value] };

/**
 * A parameter as in the dump; if the agent itself uses it, the agent's definition with the access and value of the
 * dump.
 */
export function parameterOf(place: ParameterPlace, node: DumpParameter, context: CloneContext): ParameterDef {
  const own = context.own.get(place.ownName);
  const def = own === undefined ? definitionOf(place, node, context) : ownDefinition(own, place, node, context);
  return { ...def, defaults: [startValue(def, node, context)] };
}

function ownDefinition(
  own: ParameterDef,
  place: ParameterPlace,
  node: DumpParameter,
  context: CloneContext,
): ParameterDef {
  const { template } = place;
  const writable = own.writable && node.writable !== false;
  const forcedInform = own.forcedInform || isForced(place, node, context);
  return { ...own, template, writable, writableWhen: null, forcedInform };
}

/** Written out without spreading, which costs a large dump, of a hundred thousand of them, seconds. */
function definitionOf(place: ParameterPlace, node: DumpParameter, context: CloneContext): ParameterDef {
  const { name, template, counts } = place;
  const type = counts === null ? typeOf(place, node, context) : "unsignedInt";
  const syntax = counts === null ? (node.syntax ?? ANY_VALUE) : ANY_VALUE;
  return {
    kind: "parameter",
    name,
    template,
    type,
    list: syntax.list,
    maxLength: syntax.maxLength,
    minimum: syntax.minimum,
    maximum: syntax.maximum,
    step: syntax.step,
    inFile: null,
    enumeration: syntax.enumeration,
    pattern: syntax.pattern,
    writable: node.writable === true && counts === null,
    writableWhen: null,
    reference: null,
    hidden: syntax.hidden || (isSecretName(name) && DATA_TYPES[type].kind !== "integer" && type !== "boolean"),
    forcedInform: isForced(place, node, context),
    notification: syntax.notification,
    source: counts === null ? sourceOf(template) : { kind: "entries", table: counts },
    defaults: syntax.usual === null ? NONE : [syntax.usual],
    restart: false,
    units: null,
    description: "From the dump.",
    standard: "vendor",
    confirmed: NONE,
  };
}

/**
 * Whether every Inform has it. What a data model says of a parameter in a table is left to `forced`: TR-098 says it of the
 * ExternalIPAddress of every connection and means the default one.
 */
function isForced({ template, ownName }: ParameterPlace, { syntax }: DumpParameter, { forced }: CloneContext): boolean {
  return forced.has(ownName) || (syntax?.forcedInform === true && !IN_TABLE.test(template));
}

const IN_TABLE = /\.(?:\d+|\{i\})\./;

function sourceOf(template: string): ParameterDef["source"] {
  return { kind: "config", keys: [`Config.Clone.${template}`], encoding: EXACT, live: null };
}

function typeOf({ template }: ParameterPlace, { type, at }: DumpParameter, { findings }: CloneContext): CwmpType {
  const name = type?.replace(/^\w+:/, "") ?? "string";
  const known =
    CWMP_TYPES.find((one) => one === name) ?? (Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : undefined);
  if (known === undefined)
    findings.add(at, "UNKNOWN_TYPE", `${template}: ${name.slice(0, 40)} is not a type of CWMP: string is used`);
  return known ?? "string";
}

/** The value that the clone starts with. Secrets are left out, so that those of a real device are not copied. */
function startValue(def: ParameterDef, { value, at }: DumpParameter, { findings }: CloneContext): string {
  const { nullValue } = DATA_TYPES[def.type];
  const usual = def.defaults[0] ?? nullValue;
  if (value === null || def.hidden || (def.source.kind === "agent" && def.source.value === "stored")) return usual;
  // Parameters that turn the agent off and on are plain settings in a clone.
  if (def.name === "EnableCWMP") return "false";
  const wire = valueOnWire(def, def.type === "boolean" ? value.toLowerCase() : value);
  if (checkValue(def, wire) === null) return canonicalValue(def, wire);
  if (def.type === "dateTime" && checkValue(def, `${wire}Z`) === null) return `${wire}Z`;
  findings.add(
    at,
    "WRONG_VALUE",
    `${def.template}: its value is not ${allowedValues(def)}: ${usual === "" ? "empty" : usual} is used`,
  );
  return usual;
}
