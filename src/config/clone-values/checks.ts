import type { Finding } from "../../cwmp/findings.ts";
import { OPTION_META } from "../../options/option.ts";
import { nearest } from "../../system/nearest.ts";
import { TEMPLATE_HELP } from "../fleet/template.ts";
import type { SettingsTree } from "../settings-tree.ts";
import { isGroup, type OptionPath } from "../yaml-document.ts";
import { GENERATOR_NAMES, GENERATORS, type GeneratorName, isTemplate } from "./options.ts";

const AT = "cloneValues";

/**
 * Mistakes in values of a clone that do not depend on the dump. Entries with mistakes are removed from the tree, so
 * that each is reported once.
 */
export function checkCloneValues(tree: SettingsTree): readonly Finding[] {
  const values = tree.get([AT]);
  if (!isGroup(values)) return [];
  const findings = Object.entries(values).flatMap(([path, value]) => {
    const found = findingsOf(tree, [AT, path], value);
    if (found.length > 0) tree.remove([AT, path]);
    return found;
  });
  if (Object.keys(values).length === 0 || tree.get(["clone"]) !== undefined) return findings;
  const message = "cloneValues are values of a clone, and there is no clone: they change nothing; set clone";
  return [...findings, { ...tree.finding([AT], "NO_CLONE", message, "key"), warning: true }];
}

function findingsOf(tree: SettingsTree, at: OptionPath, value: unknown): readonly Finding[] {
  const wrong = (message: string, path: OptionPath = at, code = "WRONG_VALUE"): Finding =>
    tree.finding(path, code, message);
  if (typeof value === "string" && !isTemplate(value))
    return [wrong(`${at.at(-1)} has a brace that stands for nothing: ${TEMPLATE_HELP}`)];
  if (["string", "number", "boolean"].includes(typeof value)) return [];
  if (!isGroup(value)) return [wrong(`${at.at(-1)} must be a text, or a group with a generator`)];
  const { generator } = value;
  const place = generator === undefined ? at : [...at, "generator"];
  if (!isName(generator)) {
    const near = nearest(String(generator), GENERATOR_NAMES);
    const advice = near === null ? "" : `; did you mean ${near}?`;
    return [wrong(`generator must be one of ${GENERATOR_NAMES.join(", ")}${advice}`, place)];
  }
  const result = GENERATORS[generator].safeParse(value, { jitless: true });
  const known = Object.keys(GENERATORS[generator].shape);
  return (result.error?.issues ?? []).flatMap((issue) => {
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => {
        const near = nearest(key, known);
        const advice = near === null ? `a ${generator} has ${known.join(", ")}` : `did you mean ${near}?`;
        return tree.finding([...at, key], "UNKNOWN_KEY", `unknown key ${key}; ${advice}`, "key");
      });
    const key = String(issue.path[0]);
    return [wrong(`${key} must be ${allowed(generator, key)}`, [...at, key])];
  });
}

function isName(name: unknown): name is GeneratorName {
  return typeof name === "string" && Object.hasOwn(GENERATORS, name);
}

function allowed(generator: GeneratorName, key: string): string {
  const option = Object.entries(GENERATORS[generator].shape).find(([name]) => name === key)?.[1];
  return (option === undefined ? undefined : OPTION_META.get(option)?.allowed) ?? "left out";
}
