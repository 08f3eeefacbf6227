import { instantiate } from "../model/key-template.ts";
import { rulePaths } from "../model/rules.ts";
import type { Layout, ParameterRef } from "./layout.ts";

/** Looks a path up as it will be once a call is done. */
export type ResultingValues = (path: string) => string;

/** Every parameter that a rule of the data model ties to this one: its value is needed to check a call. */
export function relatedByRules(ref: ParameterRef, layout: Layout): readonly ParameterRef[] {
  return layout.model.rules
    .map(rulePaths)
    .filter((templates) => templates.includes(ref.def.template))
    .flat()
    .flatMap((template) => layout.get(instantiate(template, ref.instances)) ?? []);
}
