import { instantiate } from "../model/key-template.ts";
import type { AgentValue } from "../model/types.ts";
import { canonicalValue, checkValue, decodeFromFile } from "../model/value.ts";
import type { Backend, BackendKey } from "../ports/backend.ts";
import type { Layout, ParameterRef } from "./layout.ts";
import type { ParametersState } from "./state.ts";

/** Values that the agent itself supplies: identity, connection request URL and the like. */
export type AgentValues = (
  value: Exclude<AgentValue, "stored" | "parameterKey">,
  /** Instance numbers along the parameter's path, outermost first. */
  instances: readonly number[],
) => string;

export interface ValueSources {
  readonly backend: Backend;
  readonly agentValues: AgentValues;
  readonly layout: Layout;
  readonly state: ParametersState;
}

type RawTexts = ReadonlyMap<BackendKey, string>;

/**
 * The current value of each parameter as the agent uses it, secrets included; one batched read of the backend.
 * Never for the wire as it stands: see `ParameterTree.read`.
 */
export async function readValues(refs: readonly ParameterRef[], sources: ValueSources): Promise<Map<string, string>> {
  const keys = new Set<BackendKey>();
  const conditions = new Map<string, ParameterRef>();
  for (const ref of refs) {
    for (const key of ref.configKeys) keys.add(key);
    if (ref.liveKey !== null) keys.add(ref.liveKey);
    const condition = conditionOf(ref, sources.layout);
    if (condition === null) continue;
    conditions.set(ref.path, condition);
    for (const key of condition.configKeys) keys.add(key);
  }
  const raw = keys.size === 0 ? new Map<BackendKey, string>() : await sources.backend.read([...keys]);
  const values = new Map<string, string>();
  for (const ref of refs) values.set(ref.path, valueFrom(ref, conditions.get(ref.path) ?? null, raw, sources));
  return values;
}

/** The parameter that decides whether `ref` can be written (`writableWhen`), or null. */
export function conditionOf(ref: ParameterRef, layout: Layout): ParameterRef | null {
  const { writableWhen } = ref.def;
  if (writableWhen === null) return null;
  return layout.get(instantiate(writableWhen.path, ref.instances)) ?? null;
}

function valueFrom(ref: ParameterRef, condition: ParameterRef | null, raw: RawTexts, sources: ValueSources): string {
  const { def } = ref;
  const { source } = def;
  const open = condition === null || valueFrom(condition, null, raw, sources) === def.writableWhen?.value;
  switch (source.kind) {
    case "constant":
      return ref.initial;
    case "entries":
      return String(sources.layout.rowCount(ref.countedTable ?? ""));
    case "agent":
      return agentValue(ref, source.value, open, raw, sources);
    case "live":
      return liveValue(ref, raw);
    case "config":
      return open || ref.liveKey === null ? configValue(ref, raw, sources.state) : liveValue(ref, raw);
  }
}

function agentValue(
  ref: ParameterRef,
  value: AgentValue,
  open: boolean,
  raw: RawTexts,
  { state, agentValues }: ValueSources,
): string {
  if (value === "parameterKey") return state.parameterKey;
  if (value !== "stored") return agentValues(value, ref.instances);
  const stored = state.stored[ref.canonical];
  if (open && stored !== undefined) return stored;
  return ref.liveKey === null ? (stored ?? ref.initial) : liveValue(ref, raw);
}

/** A live value that the phone does not know, or that is invalid, reads as its default (C-263). */
function liveValue(ref: ParameterRef, raw: RawTexts): string {
  const text = ref.liveKey === null ? undefined : raw.get(ref.liveKey);
  if (text === undefined || checkValue(ref.def, text) !== null) return ref.initial;
  return canonicalValue(ref.def, text);
}

function configValue(ref: ParameterRef, raw: RawTexts, state: ParametersState): string {
  const exact = state.exact[ref.canonical];
  if (exact !== undefined && exact.inFile === raw.get(ref.configKeys[0] ?? "")) return exact.value;
  const lastGood = state.lastGood[ref.canonical];
  if (lastGood !== undefined) return lastGood;
  return decodeConfig(ref, raw) ?? ref.initial;
}

/** The value in the phone's file, or null if the data model refuses it. */
export function decodeConfig(ref: ParameterRef, raw: RawTexts): string | null {
  const texts = ref.configKeys.map((key) => raw.get(key));
  return decodeFromFile(ref.def, texts, ref.instances.at(-1) ?? 1);
}
