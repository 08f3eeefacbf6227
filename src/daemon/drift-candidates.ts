import type { DriftCandidate } from "../backends/simulated/drift.ts";
import { checkValue } from "../model/value.ts";
import type { ParameterRef } from "../parameters/layout.ts";
import type { Layouts } from "../parameters/layouts.ts";
import type { Random } from "../ports/random.ts";

/** Settings whose change would take the phone away from its ACS. */
const LEFT_ALONE = /^Config\.(TR069|Network|Autoprovision)\./;
/** Wider ranges are ports, times and the like: values near the default are what goes wrong in life. */
const WIDEST = 1_000;

/** Settings that may drift: writable switches, choices and numbers. Made once for all phones of a kind. */
export function driftCandidates(layouts: Layouts): readonly DriftCandidate[] {
  return layouts.factory.refs.flatMap((ref) => candidateOf(ref) ?? []);
}

function candidateOf(ref: ParameterRef): DriftCandidate | null {
  const { def, configKeys, path, canonical } = ref;
  const { source } = def;
  if (source.kind !== "config" || !def.writable || def.hidden || def.list || def.writableWhen !== null) return null;
  if (path !== canonical || configKeys.some((key) => LEFT_ALONE.test(key))) return null;
  const values = valuesOf(ref);
  if (values === null) return null;
  return {
    keys: configKeys,
    pick(random) {
      const value = values(random);
      // A value that the phone's file cannot hold, such as an odd step of a range: nothing drifts this time.
      const text = checkValue(def, value) === null ? value : ref.initial;
      return source.encoding.encode(text, configKeys.length);
    },
  };
}

function valuesOf({ def, initial }: ParameterRef): ((random: Random) => string) | null {
  if (def.type === "boolean") return oneOf(["true", "false"]);
  if (def.enumeration !== null) return oneOf(def.enumeration);
  if (def.minimum === null || def.maximum === null || def.pattern !== null) return null;
  const [minimum, maximum, near] = [Number(def.minimum), Number(def.maximum), Number(initial)];
  const low = maximum - minimum > WIDEST ? Math.max(minimum, near - WIDEST / 2) : minimum;
  const high = maximum - minimum > WIDEST ? Math.min(maximum, near + WIDEST / 2) : maximum;
  return (random) => String(Math.floor(random.between(low, high + 1)));
}

function oneOf(values: readonly string[]): (random: Random) => string {
  return (random) => values[Math.floor(random.between(0, values.length))] ?? "";
}
