import type { Generator } from "../../backends/simulated/generated-values.ts";
import { type Finding, FindingsError } from "../../cwmp/findings.ts";
import type { DataModel, ParameterDef } from "../../model/types.ts";
import { canonicalValue, checkValue } from "../../model/value.ts";
import type { BackendKey } from "../../ports/backend.ts";
import { parseTemplate, type Template, type TemplateValues, templateValues } from "../fleet/template.ts";
import type { Config } from "../load-config.ts";
import { createGenerator } from "./generator.ts";
import { findParameter } from "./model-path.ts";
import { withParameters } from "./model-with.ts";
import type { CloneValue } from "./options.ts";

/** The data model of a clone, with the values of the settings in place of the dump's. */
export interface ValuedModel {
  readonly model: DataModel;
  /** Live values that the phone makes up itself. */
  readonly generators: ReadonlyMap<BackendKey, Generator>;
  /** Values that differ from phone to phone, as settings of the phone. */
  own(values: TemplateValues): ReadonlyMap<BackendKey, string>;
}

/** For a phone that is not a clone. */
export const NO_CLONE_VALUES: Omit<ValuedModel, "model"> = { generators: new Map(), own: () => new Map() };

/** The template of a value that differs from phone to phone. */
interface OwnValue {
  readonly def: ParameterDef;
  readonly template: Template;
}

/** All MAC addresses have the same length, so one sample is enough for a check. */
export const SOME_MAC = "0c1105000000";

/** The values for the templates of the single phone of `run`. */
export function onePhone(mac: string): TemplateValues {
  return templateValues(1, "phone", mac);
}

/**
 * @param samples values to check templates with: those of the first and the last phone
 * @throws FindingsError for paths that the clone lacks, and values that their parameters cannot have
 */
export function applyCloneValues(
  model: DataModel,
  { cloneValues, places }: Pick<Config, "cloneValues" | "places">,
  samples: readonly TemplateValues[] = [onePhone(SOME_MAC)],
): ValuedModel {
  const findings: Finding[] = [];
  const defs = new Map<string, ParameterDef>();
  const generators = new Map<BackendKey, Generator>();
  const owns: OwnValue[] = [];
  const take = (path: string, value: CloneValue): string | null => {
    const found = findParameter(model, path);
    if ("problem" in found) return found.problem;
    const { def } = found;
    const refused = refusal(def, typeof value === "string");
    if (refused !== null) return refused;
    if (typeof value !== "string") {
      const made = createGenerator(def, value);
      if ("problem" in made) return made.problem;
      const key = `Status.Clone.${path}`;
      generators.set(key, made.generator);
      const source = { kind: "live", key, action: null } as const;
      // A generated value changes without notice: like other counters it cannot have active notification (TR-106
      // 3.2.2).
      const live = { source, writable: false, writableWhen: null, notification: "canDeny" } as const;
      defs.set(path, { ...def, ...live, defaults: made.start });
      return null;
    }
    const template = parseTemplate(value);
    const texts = samples.map((sample) => template?.fill(sample) ?? "");
    const problem = texts.map((text) => checkValue(def, text)).find((one) => one !== null) ?? null;
    if (problem !== null || template === null) return problem ?? "is no template";
    defs.set(path, { ...def, defaults: [canonicalValue(def, texts[0] ?? "")] });
    if (template.isOwn) owns.push({ def, template });
    return null;
  };
  for (const [path, value] of Object.entries(cloneValues)) {
    const problem = take(path, value as CloneValue);
    const place = places.get(path) ?? { file: "", line: 0, column: 0 };
    if (problem !== null) findings.push({ ...place, code: "CLONE_VALUE", message: `${path} ${problem}` });
  }
  if (findings.length > 0) throw new FindingsError(findings);
  return {
    model: defs.size === 0 ? model : withParameters(model, defs),
    generators,
    own: (values) => new Map(owns.flatMap((own) => textsOf(own, values))),
  };
}

function textsOf({ def, template }: OwnValue, values: TemplateValues): readonly (readonly [BackendKey, string])[] {
  if (def.source.kind !== "config") return [];
  const { keys, encoding } = def.source;
  const texts = encoding.encode(canonicalValue(def, template.fill(values)), keys.length);
  return keys.map((key, at) => [key, texts[at] ?? ""] as const);
}

/** Values that the agent acts on are set in the settings; hidden values cannot be read, so they cannot be generated. */
function refusal(def: ParameterDef, isText: boolean): string | null {
  if (def.hidden) return "is a secret, which reads as empty whatever it is: leave it out";
  const isServer = /^\w+\.ManagementServer\./.test(def.template);
  if (def.source.kind === "entries") return "counts the rows of a table: it cannot have another value";
  if (!isServer && def.source.kind === "config") return null;
  const isMeasured = def.source.kind === "live" && /^(?:unsigned)?(?:int|long)$/i.test(def.type);
  if (!isServer && isMeasured && !isText) return null;
  return isMeasured
    ? "is a value that the phone makes up itself: state a generator, or leave it out"
    : "is what the agent itself acts on or answers: state it in tr069 or phone, or leave it out";
}
