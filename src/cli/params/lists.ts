import type { ModelFact, ParameterDef } from "../../model/types.ts";
import { allowedValues } from "../../model/value.ts";
import type { Layout, ParameterRef } from "../../parameters/layout.ts";
import { printable, printableJson } from "../../system/printable.ts";
import type { Phone } from "./phone.ts";
import { currentValues } from "./values.ts";

/** Every object and parameter from `path` on, a tab, and Writable as in GetParameterNames. */
export function namesList(layout: Layout, path: string): string {
  return lines(layout.names(path, false).map(({ name, writable }) => `${name}\t${writable ? 1 : 0}`));
}

/** Parameters, a tab, and the value; line breaks and other control characters in a value are escaped as in JSON. */
export async function valuesList(phone: Phone, path: string): Promise<string> {
  const values = await currentValues(phone, phone.layout.find(path));
  return lines([...values].map(([name, value]) => `${name}\t${printable(value)}`));
}

/** The complete definition of each parameter. */
export function jsonList(layout: Layout, path: string): string {
  return `${printableJson(JSON.stringify(layout.find(path).map(factsOf), null, 2))}\n`;
}

function factsOf({ path, def, initial, configKeys, liveKey, actionKey }: ParameterRef): object {
  const { type, list, writable, hidden, forcedInform, notification, units, restart, standard, description } = def;
  return {
    path,
    type,
    list,
    writable,
    writableWhen: def.writableWhen,
    allowed: allowedValues(def),
    maxLength: def.maxLength,
    minimum: numberOf(def.minimum),
    maximum: numberOf(def.maximum),
    step: numberOf(def.step),
    enumeration: def.enumeration,
    pattern: def.pattern?.source ?? null,
    default: initial,
    units,
    hidden,
    forcedInform,
    notification,
    restart,
    source: def.source.kind,
    keys: configKeys,
    liveKey,
    actionKey,
    standard,
    ...evidenceOf(def),
    description,
  };
}

/** JSON numbers hold 53 bits; beyond, the digits are a string. */
function numberOf(bound: bigint | null): number | string | null {
  if (bound === null) return null;
  const number = Number(bound);
  return Number.isSafeInteger(number) ? number : String(bound);
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}

/** How well the data model is known: from a phone, its files or its pages, or as a guess. */
interface Evidence {
  readonly confirmed: readonly ModelFact[];
  readonly guess: readonly ModelFact[];
}

export function evidenceOf(def: ParameterDef): Evidence {
  const facts = modelFactsOf(def);
  return {
    confirmed: facts.filter((fact) => def.confirmed.includes(fact)),
    guess: facts.filter((fact) => !def.confirmed.includes(fact)),
  };
}

/** Only settings have a key and a default from the phone; the agent itself supplies other values. */
function modelFactsOf({ source }: ParameterDef): readonly ModelFact[] {
  return source.kind === "config" ? ["key", "values", "default", "type"] : ["values", "type"];
}
