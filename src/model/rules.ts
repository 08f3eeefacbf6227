import { lastSegment } from "../cwmp/paths.ts";
import { parseInteger } from "./data-types.ts";
import { instanceNumbersOf, instantiate } from "./key-template.ts";
import type { DataModel, ModelRule } from "./types.ts";

/** A violated rule, and the parameter of the call that gets the fault 9007. */
export interface RuleProblem {
  readonly path: string;
  /** The rest of a sentence that starts with the parameter's name. Names no value. */
  readonly problem: string;
}

/** A parameter that a call sets: its place in the data model and in the tree. */
export interface TouchedParameter {
  readonly template: string;
  readonly path: string;
}

type Lookup = (path: string) => string;

/** The templates that a rule speaks of; all stand below the same `{i}`. */
export function rulePaths(rule: ModelRule): readonly string[] {
  if (rule.kind === "order") return [rule.low, rule.high];
  return rule.kind === "needs" ? [rule.when, rule.needs] : rule.paths;
}

/**
 * The rules that a call violates (C-129). Only rules about a parameter of the call are checked, once per object
 * instance. `valueAt` returns the values that result from the whole call.
 */
export function violatedRules(
  model: Pick<DataModel, "rules">,
  touched: readonly TouchedParameter[],
  valueAt: Lookup,
): readonly RuleProblem[] {
  const paths = new Set(touched.map(({ path }) => path));
  return model.rules.flatMap((rule) => {
    const templates = rulePaths(rule);
    const instances = new Map(
      touched
        .filter(({ template }) => templates.includes(template))
        .map(({ template, path }) => instanceNumbersOf(template, path))
        .map((numbers) => [numbers.join("."), numbers] as const),
    );
    return [...instances.values()].flatMap((numbers) => {
      const problem = checkRule(rule, numbers, valueAt, (path) => paths.has(path));
      return problem === null ? [] : [problem];
    });
  });
}

/** One rule for one object instance. Faults a parameter that `isTouched`, where there is one. */
export function checkRule(
  rule: ModelRule,
  instanceNumbers: readonly number[],
  valueAt: Lookup,
  isTouched: (path: string) => boolean,
): RuleProblem | null {
  const paths = rulePaths(rule).map((template) => instantiate(template, instanceNumbers));
  const values = paths.map(valueAt);
  if (holds(rule, values)) return null;
  // Of several, the empty one is the likelier mistake.
  const blamed = rule.kind === "together" ? paths.toSorted((a, b) => valueAt(a).length - valueAt(b).length) : paths;
  const path = blamed.find(isTouched) ?? paths[0] ?? "";
  return { path, problem: problemOf(rule, path) };
}

function holds(rule: ModelRule, values: readonly string[]): boolean {
  const [first = "", second = ""] = values;
  switch (rule.kind) {
    case "order":
      return second === rule.unless || isInOrder(first, second);
    case "needs":
      return !(first === "true" || first === "1") || second !== "";
    case "together":
      return values.every((value) => value === "") || values.every((value) => value !== "");
  }
}

function isInOrder(low: string, high: string): boolean {
  const [lower, higher] = [parseInteger(low), parseInteger(high)];
  return lower === null || higher === null || lower <= higher;
}

function problemOf(rule: ModelRule, path: string): string {
  const names = rulePaths(rule).map(lastSegment);
  switch (rule.kind) {
    case "order": {
      const unless = rule.unless === null ? "" : `, unless that is ${rule.unless}`;
      return lastSegment(path) === names[0]
        ? `must not be above ${names[1]}${unless}`
        : `must not be below ${names[0]}${rule.unless === null ? "" : `, unless it is ${rule.unless}`}`;
    }
    case "needs":
      return lastSegment(path) === names[0]
        ? `cannot be true while ${names[1]} is empty`
        : `must not be empty while ${names[0]} is true`;
    case "together":
      return `must be set together with ${names.filter((name) => name !== lastSegment(path)).join(", ")}, or all left empty`;
  }
}
