import { allowedInFile, checkValue } from "../model/value.ts";
import type { Layout, ParameterRef } from "../parameters/layout.ts";
import type { BackendKey } from "../ports/backend.ts";
import { nearest } from "../system/nearest.ts";

const RING_VOLUME = "Config.Settings.AUDIO.RingVol";
const LOUDEST_RING = 15;

/**
 * Translates a value of a parameter or of a key of the phone's file into that file; or the problem, as the rest of a
 * sentence that starts with the name. The problem never contains the value: it may be a secret.
 */
export function settingTexts(name: string, value: unknown, layout: Layout): ReadonlyMap<BackendKey, string> | string {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
    return "must have one value: a text, a number, true or false";
  }
  return name.startsWith("Config.") ? textsOfKey(name, value, layout) : textsOfParameter(name, String(value), layout);
}

/** The key of the ring volume, and its greatest value. */
export function volumeSetting(layout: Layout): { readonly key: BackendKey; readonly loudest: number } {
  const maximum = writableOf(RING_VOLUME, layout)?.def.maximum ?? null;
  return { key: RING_VOLUME, loudest: maximum === null ? LOUDEST_RING : Number(maximum) };
}

function textsOfParameter(path: string, value: string, layout: Layout): ReadonlyMap<BackendKey, string> | string {
  const ref = layout.get(path);
  if (ref === undefined) {
    const near = nearest(
      path,
      layout.refs.map((each) => each.path),
    );
    return `is not a parameter of this phone${near === null ? "" : `; did you mean ${near}?`}`;
  }
  const { source, writable } = ref.def;
  if (source.kind !== "config" || !writable) return "is not a setting of the phone: a person cannot change it there";
  const problem = checkValue(ref.def, value);
  if (problem !== null) return problem;
  const texts = source.encoding.encode(value, ref.configKeys.length);
  return new Map(ref.configKeys.map((key, index) => [key, texts[index] ?? ""]));
}

/** A text as it stands in the phone's file; `true` and `false` are written as switches there. */
function textsOfKey(
  key: BackendKey,
  value: string | number | boolean,
  layout: Layout,
): ReadonlyMap<BackendKey, string> | string {
  const text = typeof value === "boolean" ? (value ? "1" : "0") : String(value);
  const ref = writableOf(key, layout);
  if (ref === undefined) return "is not a key of this phone's file";
  const { source } = ref.def;
  const alone = ref.configKeys.length === 1 && source.kind === "config";
  if (alone) {
    const decoded = source.encoding.decode([text]);
    if (decoded === null || checkValue(ref.def, decoded) !== null) return `must be ${allowedInFile(ref.def)}`;
  }
  return /[\r\n]/.test(text) || text !== text.trim() ? "must be text on one line" : new Map([[key, text]]);
}

function writableOf(key: BackendKey, layout: Layout): ParameterRef | undefined {
  return layout.byKey(key).find(({ def, configKeys }) => def.writable && configKeys.includes(key));
}
