import type { ModelFact, ParameterDef } from "../../model/types.ts";

/** How well the data model is known: from a phone, its files or its pages, or as a guess. */
export interface Evidence {
  readonly confirmed: readonly ModelFact[];
  readonly guess: readonly ModelFact[];
}

export function evidenceOf(def: ParameterDef): Evidence {
  const facts = factsOf(def);
  return {
    confirmed: facts.filter((fact) => def.confirmed.includes(fact)),
    guess: facts.filter((fact) => !def.confirmed.includes(fact)),
  };
}

/** Only settings have a key and a default from the phone; the agent itself supplies other values. */
function factsOf({ source }: ParameterDef): readonly ModelFact[] {
  return source.kind === "config" ? ["key", "values", "default", "type"] : ["values", "type"];
}
