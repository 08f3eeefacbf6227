import type { Finding } from "../../cwmp/findings.ts";
import type { Environment } from "../environment.ts";
import { optionRows } from "../option-table.ts";
import type { SettingsTree } from "../settings-tree.ts";
import type { OptionPath, YamlDocument } from "../yaml-document.ts";
import { isGroup } from "../yaml-document.ts";
import type { FleetSettings } from "./fleet-options.ts";

/** Settings of the process, not of a phone: all groups share them. */
const PROCESS_KEYS = [
  "listen",
  "stun",
  "tls",
  "session",
  "transfers",
  "web",
  "control",
  "metrics",
  "log",
  "stateFolder",
  "strictModes",
] as const;

/** Backend settings that would make phones share a file. */
const OF_ONE_PHONE = ["file", "inMemory"] as const;

/** Variables that set where a single phone keeps its settings (container images set them) are ignored by a fleet. */
export function environmentOfFleet(env: Environment): Environment {
  const paths = OF_ONE_PHONE.map((key) => `backend.${key}`);
  const names = optionRows().flatMap(({ path, environment }) => (paths.includes(path) ? [environment] : []));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}

/** The phones of a fleet are simulated, each with a memory of its own. */
export function checkSimulated(tree: SettingsTree): Finding[] {
  return OF_ONE_PHONE.flatMap((key) => {
    const value = tree.get(["backend", key]);
    if (value === undefined || value === true) return [];
    const message = `backend.${key} is for a single phone: leave it out`;
    return [tree.finding(["backend", key], "NOT_IN_A_FLEET", message, "key")];
  });
}

/** Another type has other settings, so they are not checked. */
export function otherBackend({ file, values, placeOf }: YamlDocument): Finding | null {
  const { backend } = values;
  if (!isGroup(backend) || backend.type === "simulated") return null;
  const message = "the phones of a fleet have the backend type simulated";
  return { file, ...placeOf(["backend", "type"]), code: "WRONG_VALUE", message };
}

type Group = Record<string | number, unknown>;

/** Defaults for phones of a fleet: simulated, in memory, on any free port. */
const DEFAULTS: Group = {
  tr069: { enable: true },
  backend: { type: "simulated", inMemory: true },
  listen: { port: 0, requestsPerSecond: 10_000, requestsPerMinute: 600 },
  log: { level: "error" },
  web: { enable: false },
  control: { enable: false },
};

/**
 * The settings of one group merged over those of all groups, with the position of each in the file. Null: those of all
 * groups.
 */
export function groupDocument(
  fleet: FleetSettings,
  { document, tree }: { readonly document: YamlDocument | null; readonly tree: SettingsTree },
  at: number | null,
): YamlDocument {
  const own = at === null ? {} : (fleet.groups[at]?.settings ?? {});
  const acs = fleet.acs === "" ? {} : { tr069: { acs: { url: fleet.acs } } };
  const values = merged(merged(merged(merged(DEFAULTS, fleet.settings), own), acs), cloneOf(fleet, tree, at));
  const file = document?.file ?? "fleet";
  const pathOf = (path: OptionPath): OptionPath => {
    const inGroup: OptionPath = at === null ? [] : ["groups", at, "settings", ...path];
    if (path[0] === "clone" && !stated(own, path))
      return at !== null && fleet.groups[at]?.clone ? ["groups", at, "clone"] : path;
    return at !== null && stated(own, path) ? inGroup : ["settings", ...path];
  };
  return {
    file,
    values,
    placeOf: (path) => document?.placeOf(pathOf(path)) ?? NOWHERE,
    placeOfKey: (path) => document?.placeOfKey(pathOf(path)) ?? NOWHERE,
  };
}

/** Relative paths start at the folder of fleet.yaml, or at the working folder for options of the command line. */
function cloneOf({ clone, groups }: FleetSettings, tree: SettingsTree, at: number | null): Group {
  const own = at === null ? null : (groups[at]?.clone ?? null);
  if (own !== null) return { clone: tree.resolvePath(["groups", at ?? 0, "clone"], own) };
  return clone === null || at === null ? {} : { clone: tree.resolvePath(["clone"], clone) };
}

const NOWHERE = { line: 0, column: 0 };

/** Otherwise a process setting in a group would be ignored silently. */
export function processKeysOfGroups(tree: SettingsTree, { groups }: FleetSettings): Finding[] {
  return groups.flatMap(({ settings }, at) =>
    PROCESS_KEYS.filter((key) => Object.hasOwn(settings, key)).map((key) => {
      const message = `${key} is shared by all phones of this process: move it to the settings of the fleet`;
      return tree.finding(["groups", at, "settings", key], "NOT_IN_A_GROUP", message, "key");
    }),
  );
}

function merged(below: Group, above: unknown): Group {
  if (!isGroup(above)) return below;
  const keys = Object.entries(above).filter(([, value]) => value !== null && value !== undefined);
  const over = keys.map(([key, value]): [string, unknown] => {
    const under = Object.hasOwn(below, key) ? below[key] : undefined;
    return [key, isGroup(under) && isGroup(value) ? merged(under, value) : value];
  });
  return { ...below, ...Object.fromEntries(over) };
}

function stated(group: unknown, path: OptionPath): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return true;
  return isGroup(group) && Object.hasOwn(group, key) && stated(group[key], rest);
}
