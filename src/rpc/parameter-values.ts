import { CwmpFault } from "../cwmp/errors.ts";
import { MAX_KEY } from "../cwmp/types.ts";
import type { ParameterRef } from "../parameters/layout.ts";
import type { ParameterTree } from "../parameters/tree.ts";
import type { Applied } from "../ports/backend.ts";
import type { ParameterValue, Status } from "../soap/messages.ts";
import type { RpcHandler } from "./context.ts";

/** TR-069 A.3.2.2. Full names and partial paths in one list; an overlap is answered once (C-137 to C-141). */
export const getParameterValues: RpcHandler<"GetParameterValues"> = async ({ parameterNames }, { parameters }) => {
  const refs = distinctRefs(parameters, parameterNames);
  await parameters.refresh(refs);
  return { parameterList: await valuesOf(refs, parameters) };
};

/** TR-069 A.3.2.1. All or nothing; every bad parameter has its own fault (C-123 to C-136). */
export const setParameterValues: RpcHandler<"SetParameterValues"> = async (args, { parameters }) => {
  checkKey("ParameterKey", args.parameterKey);
  checkCount("ParameterList", args.parameterList.length, maxEntries(parameters));
  const requests = args.parameterList.map(({ name, value, type }) => ({ path: name, value, type }));
  return { status: statusOf(await parameters.setValues(requests, args.parameterKey, "acs")) };
};

/** TR-069 A.3.2.3. */
export const getParameterNames: RpcHandler<"GetParameterNames"> = async (args, { parameters }) => ({
  parameterList: parameters.names(args.parameterPath, args.nextLevel),
});

/** Parameters with their current values, as they go on the wire. */
export async function valuesOf(
  refs: readonly ParameterRef[],
  parameters: ParameterTree,
): Promise<readonly ParameterValue[]> {
  const values = await parameters.read(refs);
  return refs.map(({ path, def }) => ({ name: path, value: values.get(path) ?? "", type: def.type }));
}

/** In the order asked for, none twice. CwmpFault 9005 for the first unknown name, 9004 for more names than make sense. */
export function distinctRefs(parameters: ParameterTree, paths: readonly string[]): readonly ParameterRef[] {
  checkCount("ParameterNames", paths.length, MAX_NAMES);
  const refs = new Map<string, ParameterRef>();
  for (const path of new Set(paths)) for (const ref of parameters.find(path)) refs.set(ref.path, ref);
  return [...refs.values()];
}

export function statusOf(applied: Applied): Status {
  return applied === "applied" ? 0 : 1;
}

/** Names to be read in one list. Each is looked up once, however often it is given, so that no list makes an answer long. */
const MAX_NAMES = 16_384;
/** Entries that each phone takes in a list of what is to be set. */
const MIN_ENTRIES = 1_000;

/** Each entry costs work of its own, and one for each parameter is all that makes sense. */
export function maxEntries({ layout }: ParameterTree): number {
  return Math.max(MIN_ENTRIES, 2 * layout.size);
}

/** CwmpFault 9004: such a list serves no purpose but to keep the phone busy. */
export function checkCount(list: string, entries: number, most: number): void {
  if (entries > most) throw new CwmpFault(9004, `${list} has ${entries} entries, at most ${most} are allowed`);
}

/** ParameterKey and CommandKey hold at most 32 characters, not bytes. */
export function checkKey(name: "ParameterKey" | "CommandKey", key: string): void {
  const length = [...key].length;
  if (length > MAX_KEY) throw new CwmpFault(9003, `${name} has ${length} characters, at most ${MAX_KEY} are allowed`);
}
