import type { Generator } from "../../backends/simulated/generated-values.ts";
import { DATA_TYPES } from "../../model/data-types.ts";
import type { ParameterDef } from "../../model/types.ts";
import { canonicalValue, checkValue } from "../../model/value.ts";
import type { GeneratorSettings } from "./options.ts";

type Made =
  /** `start`: the first value, as a default. */
  | { readonly generator: Generator; readonly start: readonly [string] }
  /** The rest of a sentence that begins with the path. */
  | { readonly problem: string };

const YEAR_SECONDS = 31_536_000;

/** A generator of a parameter's values, or a problem where it would generate values that the parameter cannot have. */
export function createGenerator(def: ParameterDef, settings: GeneratorSettings): Made {
  const extremes = (generator: Generator, values: readonly [string, ...string[]]): Made => {
    const problem = values.map((value) => checkValue(def, value)).find((one) => one !== null) ?? null;
    return problem === null ? { generator, start: [canonicalValue(def, values[0])] } : { problem };
  };
  switch (settings.generator) {
    case "uptime":
      return extremes({ generator: "uptime" }, ["0", String(YEAR_SECONDS)]);
    case "choice": {
      const { of, everySeconds } = settings;
      const [first = "", ...others] = of.map((value) =>
        checkValue(def, value) === null ? canonicalValue(def, value) : value,
      );
      return extremes({ generator: "choice", of: [first, ...others], everySeconds }, [first, ...others]);
    }
    case "walk": {
      const { from, min, max, step, everySeconds } = settings;
      if (from < min || from > max) return { problem: "needs a walk with min <= from <= max" };
      const unit = Number(def.step ?? 1n);
      if (step % unit !== 0) return { problem: `can only move in steps of ${unit}` };
      const generator = { generator: "walk", from, min, max, step, unit, everySeconds } as const;
      return extremes(generator, [String(from), String(min), String(max)]);
    }
    case "counter":
      return counter(def, settings, extremes);
  }
}

function counter(
  def: ParameterDef,
  settings: GeneratorSettings & { readonly generator: "counter" },
  extremes: (generator: Generator, values: readonly [string, ...string[]]) => Made,
): Made {
  const [from, step] = [BigInt(settings.from), BigInt(settings.step)];
  const bounds = DATA_TYPES[def.type].bounds ?? { minimum: -MAX_INT64, maximum: MAX_INT64 };
  // Counters of devices wrap to 0, not to the minimum of their type.
  const low = def.minimum ?? (from < 0n ? bounds.minimum : 0n);
  const largest = def.maximum ?? bounds.maximum;
  const unit = def.step ?? 1n;
  if (step % unit !== 0n) return { problem: `can only grow in steps of ${unit}` };
  const high = low + ((largest - low) / unit) * unit + unit - 1n;
  const sinceMs = settings.since === null ? null : Date.parse(settings.since);
  const { everySeconds } = settings;
  const generator = { generator: "counter", from, step, everySeconds, sinceMs, low, high } as const;
  return extremes(generator, [String(from), String(low), String(largest - ((largest - low) % unit))]);
}

/** Of a text that counts. */
const MAX_INT64 = 2n ** 63n - 1n;
