import type { ModelFact, ParameterDef } from "../../model/types.ts";

/** What the data model says of the phone: what is known from a phone, its files or its pages, and what is a guess. */
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

/** A key and a default are facts of settings alone; who answers for another value is the agent's own matter. */
function factsOf({ source }: ParameterDef): readonly ModelFact[] {
  return source.kind === "config" ? ["key", "values", "default", "type"] : ["values", "type"];
}
