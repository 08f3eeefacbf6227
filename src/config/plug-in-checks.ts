import { BACKEND_TYPES } from "../backends/registry.ts";
import type { Finding } from "../cwmp/findings.ts";
import type { SettingsTree } from "./settings-tree.ts";

const BACKEND = ["backend"];
const TYPE = ["backend", "type"];
const MODULE = ["backend", "module"];

/** `backend: ./my-phone.mjs` is a plug-in, `backend: simulated` a phone of that type. */
export function expandShortBackend(tree: SettingsTree): void {
  const text = tree.get(BACKEND);
  if (typeof text !== "string") return;
  if (isType(text)) tree.set(BACKEND, { type: text });
  else if (isModulePath(text)) tree.set(BACKEND, { type: "plug-in", module: text });
}

/** The same for the type alone, which is how the environment states it. */
export function expandModuleAsType(tree: SettingsTree): void {
  const text = tree.get(TYPE);
  if (typeof text !== "string" || isType(text) || !isModulePath(text)) return;
  tree.move(TYPE, MODULE);
  tree.set(TYPE, "plug-in");
}

/** The schema would drop it silently, and no module uses it. */
export function checkPlugInOptions(tree: SettingsTree): Finding[] {
  if (tree.get(TYPE) !== "plug-in") return [];
  const path = [...BACKEND, "options", "__proto__"];
  if (tree.get(path) === undefined) return [];
  return [tree.finding(path, "UNKNOWN_KEY", "a plug-in cannot have an option of the name __proto__", "key")];
}

function isType(text: string): boolean {
  return BACKEND_TYPES.some((type) => type === text);
}

function isModulePath(text: string): boolean {
  return text.includes("/") || /\.[cm]?[jt]s$/.test(text);
}
