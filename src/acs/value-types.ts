import type { ParameterValue } from "../soap/messages.ts";
import type { QueuedCall, RpcCall } from "./calls.ts";

/**
 * Gives each value of a SetParameterValues its xsi:type: as written, else as the CPE last reported it, else, as a last resort, as the
 * text looks (`true`, `-5`, `300`, anything else).
 */
export function withTypes(call: RpcCall, reported: ReadonlyMap<string, string>): RpcCall {
  if (call.name !== "SetParameterValues") return call;
  const parameterList = call.args.parameterList.map(
    (item): ParameterValue => ({ ...item, type: item.type ?? reported.get(item.name) ?? guessType(item.value) }),
  );
  return { ...call, args: { ...call.args, parameterList } };
}

/**
 * The parameters that a call sets without a known type: they are read from the CPE first, which is strict about types.
 */
export function untypedNames(call: RpcCall, reported: ReadonlyMap<string, string>): readonly string[] {
  if (call.name !== "SetParameterValues") return [];
  return call.args.parameterList
    .filter(({ name, type }) => type === null && !reported.has(name))
    .map(({ name }) => name);
}

/** Reads the parameters, so that their types are known. A fault tells nothing: then the type is guessed. */
export function readTypes(parameterNames: readonly string[]): QueuedCall {
  return { call: { name: "GetParameterValues", args: { parameterNames } }, more: false, settle: () => {} };
}

function guessType(value: string): string {
  if (value === "true" || value === "false") return "boolean";
  if (/^\d{1,10}$/.test(value)) return "unsignedInt";
  if (/^-\d{1,10}$/.test(value)) return "int";
  return "string";
}
