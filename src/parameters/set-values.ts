import { CwmpFault, type ParameterFault } from "../cwmp/errors.ts";
import { CPE_FAULTS, type FaultCode } from "../cwmp/faults.ts";
import { instantiate } from "../model/key-template.ts";
import { rulePaths, violatedRules } from "../model/rules.ts";
import { canonicalValue, checkValue, valueOnWire } from "../model/value.ts";
import type { BackendKey } from "../ports/backend.ts";
import { type Layout, type ParameterRef, rowOf } from "./layout.ts";
import { type CheckedSet, fileForm, type Plan } from "./plan.ts";
import { withDistinctRanks } from "./ranks.ts";
import type { ExactText, ParametersState } from "./state.ts";
import { conditionOf, readValues, type ValueSources } from "./values.ts";

/** One entry of a SetParameterValues call; `type` is the local name of its xsi:type, null where none was sent. */
export interface SetRequest {
  readonly path: string;
  readonly value: string;
  readonly type: string | null;
}

/**
 * Checks a whole call against the data model and the resulting values (C-123 to C-129, C-135), and plans the change.
 * Throws CwmpFault 9003 with one entry for every parameter that is at fault.
 */
export async function planSetValues(requests: readonly SetRequest[], sources: ValueSources): Promise<Plan> {
  refuseDuplicates(requests);
  const faults: ParameterFault[] = [];
  const sets: CheckedSet[] = [];
  for (const request of requests) {
    const checked = checkRequest(request, sources.layout);
    if ("ref" in checked) sets.push(checked);
    else faults.push(checked);
  }
  const result = await resultingValues(sets, sources);
  faults.push(...closedParameters(sets, result, sources.layout));
  faults.push(...brokenRules(sets, result, sources.layout));
  faults.push(...contradictions(sets));
  if (faults.length > 0) throw new CwmpFault(9003, undefined, { parameterFaults: onePerParameter(faults) });
  return planOf(await withDistinctRanks(sets, sources), sources.state);
}

export function parameterFault(parameterName: string, faultCode: FaultCode, detail: string): ParameterFault {
  return { parameterName, faultCode, faultString: `${CPE_FAULTS[faultCode].text}: ${detail}` };
}

function refuseDuplicates(requests: readonly SetRequest[]): void {
  const seen = new Set<string>();
  for (const { path } of requests) {
    if (seen.has(path)) throw new CwmpFault(9003, `${path} appears twice in the list`);
    seen.add(path);
  }
}

/** The order of the checks is the order of precedence: name, access, type, value (C-128). */
function checkRequest({ path, value: text, type }: SetRequest, layout: Layout): CheckedSet | ParameterFault {
  const ref = layout.get(path);
  if (ref === undefined) return parameterFault(path, 9005, "there is no such parameter");
  if (!ref.def.writable) return parameterFault(path, 9008, "it is read-only");
  if (type !== null && !acceptsType(ref, type)) {
    return parameterFault(path, 9006, `the type is ${ref.def.type}, not ${type.slice(0, 32)}`);
  }
  const value = valueOnWire(ref.def, text);
  const problem = checkValue(ref.def, value) ?? checkReference(ref, value, layout);
  return problem === null ? { ref, value: canonicalValue(ref.def, value) } : parameterFault(path, 9007, problem);
}

function checkReference({ def }: ParameterRef, value: string, layout: Layout): string | null {
  if (def.reference === null || value === "") return null;
  const row = `${value}.`;
  const known = rowOf(row)?.table === def.reference && layout.hasRow(row);
  return known ? null : `must be empty or an existing row, such as ${def.reference}1, without a dot at its end`;
}

/** Types that name no type in particular: the sender leaves it to the model. */
const UNTYPED: ReadonlySet<string> = new Set(["anySimpleType", "anyType"]);

function acceptsType({ def }: ParameterRef, type: string): boolean {
  return type === def.type || UNTYPED.has(type) || (def.type === "base64" && type === "base64Binary");
}

/** Only paths that the checks can ask for are read. */
async function resultingValues(sets: readonly CheckedSet[], sources: ValueSources): Promise<ResultingValues> {
  const wanted = new Map<string, ParameterRef>();
  for (const { ref } of sets) {
    const condition = conditionOf(ref, sources.layout);
    if (condition !== null) wanted.set(condition.path, condition);
    for (const related of relatedByRules(ref, sources.layout)) wanted.set(related.path, related);
  }
  const current = await readValues([...wanted.values()], sources);
  const pending = new Map(sets.map(({ ref, value }) => [ref.canonical, value]));
  return (path) => pending.get(path) ?? current.get(path) ?? "";
}

function closedParameters(sets: readonly CheckedSet[], result: ResultingValues, layout: Layout): ParameterFault[] {
  return sets.flatMap(({ ref }) => {
    const condition = conditionOf(ref, layout);
    const { writableWhen } = ref.def;
    if (condition === null || writableWhen === null || result(condition.path) === writableWhen.value) return [];
    return [parameterFault(ref.path, 9008, `it can be set only while ${condition.path} is ${writableWhen.value}`)];
  });
}

function brokenRules(sets: readonly CheckedSet[], result: ResultingValues, { model }: Layout): ParameterFault[] {
  const touched = sets.map(({ ref }) => ({ template: ref.def.template, path: ref.canonical }));
  return violatedRules(model, touched, result).flatMap(({ path, problem }) =>
    sets.flatMap(({ ref }) => (ref.canonical === path ? [parameterFault(ref.path, 9007, problem)] : [])),
  );
}

/** Two paths of one setting cannot be given different values in one call: they share a key of the phone, or are aliases. */
function contradictions(sets: readonly CheckedSet[]): ParameterFault[] {
  const owners = new Map<BackendKey, { readonly path: string; readonly text: string }>();
  const faults: ParameterFault[] = [];
  for (const { ref, value } of sets) {
    for (const [key, text] of settingsOf(ref, value)) {
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, { path: ref.path, text });
      else if (owner.text !== text) {
        const detail = (other: string): string => `the phone has one setting for it and ${other}: they must be equal`;
        faults.push(
          parameterFault(owner.path, 9007, detail(ref.path)),
          parameterFault(ref.path, 9007, detail(owner.path)),
        );
      }
    }
  }
  return faults;
}

function onePerParameter(faults: readonly ParameterFault[]): readonly ParameterFault[] {
  const first = new Map<string, ParameterFault>();
  for (const fault of faults) if (!first.has(fault.parameterName)) first.set(fault.parameterName, fault);
  return [...first.values()];
}

function encoded(ref: ParameterRef, value: string): readonly (readonly [BackendKey, string])[] {
  const { source } = ref.def;
  if (ref.actionKey !== null) return value === "true" ? [[ref.actionKey, "1"]] : [];
  if (source.kind !== "config") return [];
  const texts = source.encoding.encode(value, ref.configKeys.length);
  return ref.configKeys.map((key, at) => [key, texts[at] ?? ""] as const);
}

/** The effect of a value: texts of the phone's keys, or a value that the agent stores. */
function settingsOf(ref: ParameterRef, value: string): readonly (readonly [string, string])[] {
  return ref.def.source.kind === "agent" ? [[ref.canonical, value]] : encoded(ref, value);
}

function planOf(sets: readonly CheckedSet[], state: ParametersState): Plan {
  const keys = new Map<BackendKey, string>();
  const names = new Map<BackendKey, string[]>();
  const stored: Record<string, string> = { ...state.stored };
  const exact: Record<string, ExactText> = { ...state.exact };
  const lastGood: Record<string, string> = { ...state.lastGood };
  for (const { ref, value } of sets) {
    delete exact[ref.canonical];
    delete lastGood[ref.canonical];
    if (ref.def.source.kind === "agent") stored[ref.canonical] = value;
    for (const [key, text] of encoded(ref, value)) {
      const inFile = fileForm(text);
      if (inFile !== text && key === ref.configKeys[0]) exact[ref.canonical] = { inFile, value };
      keys.set(key, inFile);
      names.set(key, [...(names.get(key) ?? []), ref.path]);
    }
  }
  const paths = new Set(sets.map(({ ref }) => ref.canonical));
  return { keys, state: { ...state, stored, exact, lastGood }, paths, names };
}

/** Looks a path up in the state after the call. */
export type ResultingValues = (path: string) => string;

/** Every parameter that a rule of the data model ties to this one: its value is needed to check a call. */
export function relatedByRules(ref: ParameterRef, layout: Layout): readonly ParameterRef[] {
  return layout.model.rules
    .map(rulePaths)
    .filter((templates) => templates.includes(ref.def.template))
    .flat()
    .flatMap((template) => layout.get(instantiate(template, ref.instances)) ?? []);
}
