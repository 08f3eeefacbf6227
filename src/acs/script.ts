import type { RpcCall } from "./calls.ts";
import { fileNamePart } from "./file-links.ts";

/**
 * What to do with a CPE, session by session. Immutable; texts may hold `${…}` variables of the device, filled in when the
 * call is made.
 */
export interface AcsScript {
  readonly entries: readonly ScriptEntry[];
}

export interface ScriptEntry {
  readonly name: string;
  /** The entry is for sessions whose Inform has one of these events; empty: for every session. */
  readonly on: readonly string[];
  /** Pattern of `OUI-ProductClass-SerialNumber` with `*` for anything. */
  readonly device: string;
  /** On each device only until it has run to its end. */
  readonly once: boolean;
  readonly steps: readonly ScriptStep[];
}

export interface ScriptStep {
  readonly call: RpcCall;
  /** The fault code that must come; null: the RPC must succeed. After any other outcome the rest of the entry is left out. */
  readonly expectFault: number | null;
}

export const EMPTY_SCRIPT: AcsScript = { entries: [] };

/** Variables that texts of a script may hold, as `${serialNumber}`. */
export const SCRIPT_VARIABLES = ["manufacturer", "oui", "productClass", "serialNumber"] as const;
const VARIABLE = /\$\{([^}]*)\}/g;

/** Names in `${…}` that are no variables. */
export function unknownVariables(text: string): readonly string[] {
  const names = [...text.matchAll(VARIABLE)].map((match) => match[1] ?? "");
  return names.filter((name) => !SCRIPT_VARIABLES.some((known) => known === name));
}

/** Fills the variables in every text of `call`. */
export function fillVariables(call: RpcCall, variables: Readonly<Record<string, string>>): RpcCall {
  const fill = (text: string): string => text.replace(VARIABLE, (whole, name: string) => variables[name] ?? whole);
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") return fill(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, walk(member)]));
  };
  // A text of the phone must not lead to another folder.
  const part = (whole: string, name: string): string => fileNamePart(variables[name] ?? whole);
  const local = call.local === undefined ? {} : { local: call.local.replace(VARIABLE, part) };
  // Texts become texts: the shape of the call stays.
  return { ...call, args: walk(call.args), ...local } as RpcCall;
}

/** `*` stands for any characters, everything else for itself. */
export function matchesPattern(pattern: string, text: string): boolean {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${source}$`, "s").test(text);
}
