import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import type { Finding } from "../cwmp/findings.ts";
import type { Environment } from "./environment.ts";
import type { SettingsTree } from "./settings-tree.ts";

const HOOKS = ["read", "apply", "watch", "reboot", "factoryReset", "install", "produce"] as const;
/** What the agent does itself. */
const OWN_TYPES = { installTypes: "3 Vendor Configuration File", produceTypes: "2 Vendor Log File" } as const;

/** What a phone behind hooks needs: a hook, and no file type that is the agent's own. */
export function checkHooks(tree: SettingsTree): Finding[] {
  if (!isBehindHooks(tree)) return [];
  const findings: Finding[] = [];
  if (HOOKS.every((hook) => tree.get(["backend", hook]) === undefined)) {
    const message = `backend.type hooks needs at least one of ${HOOKS.join(", ")} beside it`;
    findings.push(tree.finding(["backend", "type"], "INCOMPLETE", message));
  }
  for (const [option, type] of Object.entries(OWN_TYPES)) {
    const types = tree.get(["backend", option]);
    if (!Array.isArray(types) || !types.includes(type)) continue;
    const message = `backend.${option} must not hold "${type}": that is the agent's own`;
    findings.push(tree.finding(["backend", option], "WRONG_VALUE", message));
  }
  return findings;
}

/**
 * Programs of hooks that are not there. For `check-config` alone: an agent runs without them, as a program may come later,
 * and says each time what is missing.
 */
export function checkHookPrograms(tree: SettingsTree, env: Environment): Finding[] {
  if (!isBehindHooks(tree)) return [];
  const stated = tree.get(["backend", "folder"]);
  const folder = tree.resolvePath(["backend", "folder"], typeof stated === "string" && stated !== "" ? stated : ".");
  return HOOKS.flatMap((hook) => {
    const path = ["backend", hook];
    const command = tree.get(path);
    const program: unknown = Array.isArray(command) ? command[0] : undefined;
    if (typeof program !== "string" || program === "") return [];
    const problem = programProblem(program, folder, env.PATH ?? "");
    return problem === null ? [] : [tree.finding(path, "FILE_UNREADABLE", `backend.${hook} cannot be run: ${problem}`)];
  });
}

function isBehindHooks(tree: SettingsTree): boolean {
  return tree.get(["backend", "type"]) === "hooks";
}

function programProblem(program: string, folder: string, searchPath: string): string | null {
  if (program.includes("/")) {
    const path = isAbsolute(program) ? program : resolve(folder, program);
    return isProgram(path) ? null : `there is no program that may be run at ${path}`;
  }
  const folders = searchPath.split(delimiter).filter((part) => part !== "");
  if (folders.some((part) => isProgram(join(part, program)))) return null;
  return `there is no program ${program} in the PATH; one beside the settings file is written ./${program}`;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
