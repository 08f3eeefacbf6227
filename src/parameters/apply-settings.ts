import { CwmpFault, type ParameterFault } from "../cwmp/errors.ts";
import { violatedRules } from "../model/rules.ts";
import { allowedInFile, isWithinLimits } from "../model/value.ts";
import type { BackendKey } from "../ports/backend.ts";
import type { Layout, ParameterRef } from "./layout.ts";
import type { Plan } from "./plan.ts";
import { parameterFault, relatedByRules } from "./set-values.ts";
import { decodeConfig, readValues, type ValueSources } from "./values.ts";

type Texts = ReadonlyMap<BackendKey, string>;

/**
 * Checks settings in the phone's own spelling, as a configuration file holds them, against the data model and the values
 * that result from all of them. Keys that the model lacks are left to the phone. Throws CwmpFault 9003 with an entry for
 * each key at fault; the key stands where the parameter's name would.
 *
 * @param files fingerprints of the files that they come from, by source: kept with the change
 */
export async function planSettings(
  settings: Texts,
  sources: ValueSources,
  files: Readonly<Record<string, string>> = {},
): Promise<Plan> {
  const keys = inModelSpelling(settings, sources.layout);
  const refs = touchedRefs(keys, sources.layout);
  const current = await sources.backend.read(refs.flatMap(({ configKeys }) => configKeys));
  const texts = new Map([...current, ...keys]);
  const values = new Map(refs.map((ref) => [ref.path, decodeConfig(ref, texts)]));
  // The file may already hold values outside of what can be set.
  const isTaken = (ref: ParameterRef): boolean => {
    const value = values.get(ref.path) ?? null;
    return value !== null && (isWithinLimits(ref.def, value) || value === decodeConfig(ref, current));
  };
  const faults = refs.flatMap((ref) =>
    isTaken(ref) ? [] : [faultOf(ref, keys, `it must be ${allowedInFile(ref.def)}`)],
  );
  faults.push(...(await brokenRules(refs, keys, values, sources)));
  if (faults.length > 0) throw new CwmpFault(9003, undefined, { parameterFaults: faults });
  const { exact, lastGood, ...kept } = sources.state;
  // A value that the file already holds stays unchanged, with its exact text (docs/decisions/0005).
  const touched = refs.filter(({ configKeys }) => configKeys.some((key) => texts.get(key) !== current.get(key)));
  const paths = new Set(touched.map(({ path }) => path));
  const without = <T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(record).filter(([path]) => !paths.has(path)));
  const names = new Map([...keys.keys()].map((key) => [key, [key]]));
  const state = { ...kept, exact: without(exact), lastGood: without(lastGood), files: { ...kept.files, ...files } };
  return { keys, paths, names, state };
}

/** The refusals of {@link planSettings}: none, or a fault for each key. */
export async function settingsFaults(settings: Texts, sources: ValueSources): Promise<readonly ParameterFault[]> {
  try {
    await planSettings(settings, sources);
    return [];
  } catch (error) {
    if (error instanceof CwmpFault && error.parameterFaults.length > 0) return error.parameterFaults;
    throw error;
  }
}

/** The phone ignores the case of keys; the tree has one spelling. */
export function inModelSpelling(settings: Texts, { refs }: Pick<Layout, "refs">): Texts {
  const spelling = new Map(refs.flatMap(({ configKeys }) => configKeys).map((key) => [key.toLowerCase(), key]));
  return new Map([...settings].map(([key, text]) => [spelling.get(key.toLowerCase()) ?? key, text]));
}

function touchedRefs(keys: Texts, layout: Layout): readonly ParameterRef[] {
  const refs = [...keys.keys()].flatMap((key) => layout.byKey(key));
  return [...new Map(refs.filter(({ configKeys }) => configKeys.length > 0).map((ref) => [ref.path, ref])).values()];
}

async function brokenRules(
  refs: readonly ParameterRef[],
  keys: Texts,
  values: ReadonlyMap<string, string | null>,
  sources: ValueSources,
): Promise<readonly ParameterFault[]> {
  const { layout } = sources;
  const related = refs.flatMap((ref) => relatedByRules(ref, layout));
  const current = await readValues([...new Map(related.map((ref) => [ref.path, ref])).values()], sources);
  const touched = refs.map(({ def, path }) => ({ template: def.template, path }));
  const result = (path: string): string => values.get(path) ?? current.get(path) ?? "";
  return violatedRules(layout.model, touched, result).flatMap(({ path, problem }) => {
    const ref = layout.get(path);
    return ref === undefined ? [] : [faultOf(ref, keys, problem)];
  });
}

function faultOf(ref: ParameterRef, keys: Texts, problem: string): ParameterFault {
  const key = ref.configKeys.find((candidate) => keys.has(candidate)) ?? ref.configKeys[0] ?? ref.path;
  return parameterFault(key, 9007, problem);
}
