import { allowedInFile } from "../model/value.ts";
import type { BackendChange, BackendKey } from "../ports/backend.ts";
import type { Logger } from "../ports/logger.ts";
import type { ParameterRef } from "./layout.ts";
import { decodeConfig, type ValueSources } from "./values.ts";

type Texts = ReadonlyMap<BackendKey, string>;
type LastGood = Readonly<Record<string, string>>;

export interface ForeignChanges {
  readonly paths: ReadonlySet<string>;
  readonly lastGood: LastGood;
  /** Logs each refused text once. Call it when the good value is stored durably. */
  warn(): void;
}

/**
 * The effect of a hand edit or a live change on the parameters: which values have changed, and which good values must
 * be stored because the new text is invalid.
 */
export async function foreignChanges(
  changes: readonly BackendChange[],
  sources: ValueSources,
  log: Logger,
): Promise<ForeignChanges> {
  const refs = new Map(changes.flatMap(({ key }) => sources.layout.byKey(key)).map((ref) => [ref.path, ref]));
  const now = await sources.backend.read([...refs.values()].flatMap((ref) => [...ref.configKeys, ref.liveKey ?? ""]));
  const before = overlay(now, changes, "before");
  const after = overlay(now, changes, "after");
  const paths = new Set<string>();
  const lastGood: Record<string, string> = { ...sources.state.lastGood };
  const refused: ParameterRef[] = [];
  for (const ref of refs.values()) {
    const old = lastGood[ref.path] ?? textValue(ref, before);
    const value = textValue(ref, after);
    if (value === null) {
      if (lastGood[ref.path] === undefined) lastGood[ref.path] = old ?? ref.initial;
      refused.push(ref);
      continue;
    }
    delete lastGood[ref.path];
    if (value !== old || !sameLive(ref, before, after)) paths.add(ref.path);
  }
  return {
    paths,
    lastGood: sameRecord(lastGood, sources.state.lastGood) ? sources.state.lastGood : lastGood,
    warn: () => {
      for (const ref of refused) warnRefused(ref, sources, after, log);
    },
  };
}

/** At start: checks every setting that a person can have edited. A text refused before keeps its last good value. */
export async function lastGoodOf(sources: ValueSources, log: Logger): Promise<LastGood> {
  const { backend, layout, state } = sources;
  const refs = layout.refs.filter(
    (ref) => ref.path === ref.canonical && ref.configKeys.some((key) => backend.locate(key) !== null),
  );
  if (refs.length === 0) return state.lastGood;
  const texts = await backend.read(refs.flatMap((ref) => ref.configKeys));
  const lastGood: Record<string, string> = {};
  for (const ref of refs) {
    if (decodeConfig(ref, texts) !== null) continue;
    lastGood[ref.path] = state.lastGood[ref.path] ?? ref.initial;
    warnRefused(ref, sources, texts, log);
  }
  return sameRecord(lastGood, state.lastGood) ? state.lastGood : lastGood;
}

function textValue(ref: ParameterRef, texts: Texts): string | null {
  return ref.def.source.kind === "config" ? decodeConfig(ref, texts) : (texts.get(ref.liveKey ?? "") ?? ref.initial);
}

/** A `config` parameter may also show a live value, while the phone has its address from the network. */
function sameLive(ref: ParameterRef, before: Texts, after: Texts): boolean {
  return ref.liveKey === null || before.get(ref.liveKey) === after.get(ref.liveKey);
}

function overlay(now: Texts, changes: readonly BackendChange[], side: "before" | "after"): Texts {
  const texts = new Map(now);
  for (const change of changes) {
    const text = change[side];
    if (text === undefined) texts.delete(change.key);
    else texts.set(change.key, text);
  }
  return texts;
}

function warnRefused(ref: ParameterRef, { backend }: ValueSources, texts: Texts, log: Logger): void {
  const key = ref.configKeys.find((candidate) => texts.get(candidate) !== undefined) ?? ref.configKeys[0] ?? "";
  const text = texts.get(key) ?? "";
  const place = backend.locate(key) ?? key;
  const shown = ref.def.hidden ? "a secret" : `"${text}"`;
  const allowed = allowedInFile(ref.def);
  log.warn(
    { place, key, parameter: ref.path },
    `${place}: ${key} = ${shown} is refused, it must be ${allowed}. The last good value stays in force`,
  );
}

function sameRecord(a: LastGood, b: LastGood): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
