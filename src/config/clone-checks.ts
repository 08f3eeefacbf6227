import type { Finding } from "../cwmp/findings.ts";
import { checkCloneValues } from "./clone-values/checks.ts";
import type { SettingsTree } from "./settings-tree.ts";

/** A clone is a simulated phone in memory: it has no file of Akuvox's form. */
export function checkClone(tree: SettingsTree): readonly Finding[] {
  const ofValues = checkCloneValues(tree);
  if (typeof tree.get(["clone"]) !== "string") return ofValues;
  const isInMemory = tree.get(["backend", "type"]) === "simulated" && tree.get(["backend", "inMemory"]) === true;
  const message = "a clone is a simulated phone in memory: set backend: { type: simulated, inMemory: true }";
  const two = "a clone brings its own data model: leave out dataModel, or clone";
  return [
    ...ofValues,
    ...(isInMemory ? [] : [tree.finding(["clone"], "CLONE_IN_MEMORY", message)]),
    ...(tree.get(["dataModel"]) === undefined ? [] : [tree.finding(["dataModel"], "TWO_MODELS", two, "key")]),
  ];
}
