/** Settings that do not match this host. For `check-config` alone: a cable, a file or a program may be added later. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { HOOKS } from "../backends/hooks/options.ts";
import type { Finding } from "../cwmp/findings.ts";
import { formatMac } from "../options/text-rules.ts";
import { nearest } from "../system/nearest.ts";
import type { Environment } from "./environment.ts";
import { fileProblem } from "./readable-files.ts";
import type { SettingsTree } from "./settings-tree.ts";

const AUTOP_FILE = ["autop", "file"];
const INTERFACE = ["backend", "interface"];
const MAC = ["phone", "mac"];

export function checkHost(tree: SettingsTree, env: Environment): Finding[] {
  return [...checkAutopFile(tree), ...checkInterface(tree), ...checkMac(tree), ...checkHookPrograms(tree, env)];
}

function checkAutopFile(tree: SettingsTree): Finding[] {
  const stated = tree.get(AUTOP_FILE);
  if (typeof stated !== "string" || stated === "") return [];
  const path = tree.resolvePath(AUTOP_FILE, stated);
  const problem = fileProblem(path);
  if (problem === null) return [];
  return [tree.finding(AUTOP_FILE, "FILE_UNREADABLE", `autop.file cannot be used: ${problem}: ${path}`)];
}

function checkInterface(tree: SettingsTree): Finding[] {
  const name = tree.get(INTERFACE);
  const names = Object.keys(networkInterfaces());
  // The process does not see interfaces without an address.
  if (typeof name !== "string" || names.includes(name) || isDevice(name)) return [];
  const near = nearest(name, names);
  const hint = near === null ? `there are ${names.join(", ")}` : `did you mean ${near}?`;
  return [tree.finding(INTERFACE, "NO_SUCH_INTERFACE", `this host has no network interface ${name}: ${hint}`)];
}

function isDevice(name: string): boolean {
  return /^[^/.]+[^/]*$/.test(name) && existsSync(`/sys/class/net/${name}`);
}

/** An ACS may know the phone by its MAC address, and a switch by that of the interface. */
function checkMac(tree: SettingsTree): Finding[] {
  const mac = tree.get(MAC);
  if (typeof mac !== "string" || tree.get(["backend", "type"]) === "simulated") return [];
  const found = Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.filter(({ internal }) => !internal).map((address) => ({ name, mac: address.mac })),
  );
  const [first] = found;
  if (first === undefined || found.some((one) => one.mac === formatMac(mac))) return [];
  const message = `phone.mac is not the address of a network interface of this host; ${first.name} has ${first.mac}`;
  return [{ ...tree.finding(MAC, "OTHER_MAC", message), warning: true }];
}

/** An agent runs without them and logs each time what is missing. */
function checkHookPrograms(tree: SettingsTree, env: Environment): Finding[] {
  if (tree.get(["backend", "type"]) !== "hooks") return [];
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

function programProblem(program: string, folder: string, searchPath: string): string | null {
  if (program.includes("/")) {
    const path = isAbsolute(program) ? program : resolve(folder, program);
    return isProgram(path) ? null : `there is no executable program at ${path}`;
  }
  const folders = searchPath.split(delimiter).filter((part) => part !== "");
  if (folders.some((part) => isProgram(join(part, program)))) return null;
  return `there is no program ${program} in the PATH; write ./${program} for one beside the settings file`;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
