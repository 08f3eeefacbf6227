import type { ParameterValue } from "../soap/messages.ts";
import type { RpcCall } from "./calls.ts";

/**
 * Gives each value of a SetParameterValues its xsi:type: as written, else as the CPE last reported it, else as the text
 * looks (`true`, `-5`, `300`, anything else).
 */
export function withTypes(call: RpcCall, reported: ReadonlyMap<string, string>): RpcCall {
  if (call.name !== "SetParameterValues") return call;
  const parameterList = call.args.parameterList.map(
    (item): ParameterValue => ({ ...item, type: item.type ?? reported.get(item.name) ?? guessType(item.value) }),
  );
  return { ...call, args: { ...call.args, parameterList } };
}

function guessType(value: string): string {
  if (value === "true" || value === "false") return "boolean";
  if (/^\d{1,10}$/.test(value)) return "unsignedInt";
  if (/^-\d{1,10}$/.test(value)) return "int";
  return "string";
}
