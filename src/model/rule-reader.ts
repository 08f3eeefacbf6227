import { DATA_TYPES } from "./data-types.ts";
import { Fields, type Spot } from "./model-file.ts";
import { type Draft, resolvePath, rowOf, type Scope } from "./scope.ts";
import type { SourceNode } from "./source.ts";
import type { ModelRule, ParameterDef } from "./types.ts";
import { checkValue } from "./value.ts";

const RULE_FIELDS = ["order", "unless", "when", "needs", "together"];
const FORMS = "a rule is { order: [low, high] }, { when: switch, needs: other } or { together: [one, other] }";

/** The rules of one object. Their parameters may stand in other files, so this runs when all have been read. */
export function readRules(scope: Scope, draft: Draft, node: SourceNode | null): readonly ModelRule[] {
  if (node?.kind !== "list") {
    scope.file.report(node, "WRONG_TYPE", "rules must be a list");
    return [];
  }
  return node.items.flatMap((item) => {
    const fields = Fields.read(scope.file, item, "a rule", RULE_FIELDS);
    return (fields === null ? null : readRule(scope, draft, fields)) ?? [];
  });
}

function readRule(scope: Scope, draft: Draft, fields: Fields): ModelRule | null {
  const form = ["order", "when", "together"].filter((name) => fields.has(name));
  if (
    form.length !== 1 ||
    fields.has("when") !== fields.has("needs") ||
    (fields.has("unless") && !fields.has("order"))
  ) {
    scope.file.report(fields.node, "WRONG_VALUE", FORMS);
    return null;
  }
  if (fields.has("order")) return readOrder(scope, draft, fields);
  return fields.has("when") ? readNeeds(scope, draft, fields) : readTogether(scope, draft, fields);
}

function readOrder(scope: Scope, draft: Draft, fields: Fields): ModelRule | null {
  const [low, high, ...more] = parameters(scope, draft, fields, "order", (def) =>
    DATA_TYPES[def.type].kind === "integer" && !def.list ? null : "a number",
  );
  if (low === undefined || high === undefined || more.length > 0) return wrongCount(scope, fields, "order", "two");
  const unless = fields.text("unless");
  const problem = unless === null ? null : checkValue(high, unless);
  if (problem !== null) scope.file.report(fields.at("unless"), "WRONG_VALUE", `unless: ${high.name} ${problem}`);
  return { kind: "order", low: low.template, high: high.template, unless };
}

function readNeeds(scope: Scope, draft: Draft, fields: Fields): ModelRule | null {
  const [when] = parameters(scope, draft, fields, "when", (def) => (def.type === "boolean" ? null : "a boolean"));
  const [needs] = parameters(scope, draft, fields, "needs", textual);
  if (when === undefined || needs === undefined) return null;
  return { kind: "needs", when: when.template, needs: needs.template };
}

function readTogether(scope: Scope, draft: Draft, fields: Fields): ModelRule | null {
  const all = parameters(scope, draft, fields, "together", textual);
  if (all.length < 2) return wrongCount(scope, fields, "together", "two or more");
  return { kind: "together", paths: all.map((def) => def.template) };
}

function textual(def: ParameterDef): string | null {
  return DATA_TYPES[def.type].kind === "text" ? null : "a string";
}

function wrongCount(scope: Scope, fields: Fields, name: string, wanted: string): null {
  const written = fields.texts(name)?.length ?? 0;
  if ((wanted === "two" && written !== 2) || written < 2) {
    scope.file.report(fields.at(name), "WRONG_VALUE", `${name} takes ${wanted} parameters`);
  }
  return null;
}

/** The parameters of a rule; missing ones and those of another type are reported and left out. */
function parameters(
  scope: Scope,
  draft: Draft,
  fields: Fields,
  name: string,
  unfit: (def: ParameterDef) => string | null,
): readonly ParameterDef[] {
  return (fields.texts(name) ?? []).flatMap((spot) => parameter(scope, draft, spot, unfit) ?? []);
}

function parameter(
  scope: Scope,
  draft: Draft,
  { text, node }: Spot,
  unfit: (def: ParameterDef) => string | null,
): ParameterDef | null {
  const path = resolvePath(scope, text);
  const def = draft.parameters.get(path);
  if (def === undefined) {
    // A parameter with mistakes of its own has been reported already.
    if (!draft.declared.has(path)) scope.file.report(node, "UNKNOWN_PATH", `there is no parameter ${path}`);
    return null;
  }
  const wanted = unfit(def);
  if (rowOf(path) !== rowOf(scope.object)) {
    scope.file.report(
      node,
      "WRONG_VALUE",
      `${path} is in another table row than the rule: write the rule where it stands`,
    );
  } else if (wanted !== null) {
    scope.file.report(node, "RULE_TYPE", `${def.name} must be ${wanted} for this rule, it is ${def.type}`);
  } else {
    return def;
  }
  return null;
}
