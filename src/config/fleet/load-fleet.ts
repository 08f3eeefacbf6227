import { join } from "node:path";
import { type Finding, FindingsError } from "../../cwmp/findings.ts";
import { applyOptions, type Environment, type StatedByOption, substituteVariables } from "../environment.ts";
import { type Config, checkSettings, inFileOrder, readDocument } from "../load-config.ts";
import { leafRows, type OptionRow, optionRows } from "../option-table.ts";
import { schemaFindings } from "../schema-findings.ts";
import { SettingsTree } from "../settings-tree.ts";
import type { OptionPath, YamlDocument } from "../yaml-document.ts";
import { FLEET, type FleetSettings, type GroupSettings } from "./fleet-options.ts";
import {
  checkSimulated,
  environmentOfFleet,
  groupDocument,
  otherBackend,
  processKeysOfGroups,
} from "./group-settings.ts";
import { type Login, readLogins } from "./logins-file.ts";
import { parseThreshold, type Threshold } from "./thresholds.ts";

/** Phones of one kind. */
export interface FleetGroup extends Omit<GroupSettings, "settings" | "acsLoginsFile" | "firstIndex"> {
  readonly firstIndex: number;
  /** The group's settings merged over those of all groups. */
  readonly config: Config;
  /** One for each phone, in their order; null: templates. */
  readonly acsLogins: readonly Login[] | null;
}

/** A fleet, checked and complete. */
export interface FleetConfig extends Omit<FleetSettings, "settings" | "groups" | "thresholds"> {
  /** Settings of the process: listen, tls, session and the like. */
  readonly config: Config;
  readonly groups: readonly FleetGroup[];
  readonly thresholds: readonly Threshold[];
  readonly warnings: readonly Finding[];
}

/** Options of the command line, which override the file or replace it. */
export interface FleetOptions {
  readonly stated?: readonly StatedByOption[];
  /** Phones of the only group. */
  readonly count?: string | null;
  /** More of them. */
  readonly thresholds?: readonly string[];
  /** The control socket, as an absolute path; null: as in the settings. */
  readonly controlSocket?: string | null;
}

/**
 * Reads fleet.yaml (null: none) with what the command line states.
 *
 * @throws FindingsError with everything that is wrong, in the order of the file
 */
export function loadFleet(file: string | null, env: Environment, options: FleetOptions = {}): FleetConfig {
  const { document, findings } = file === null ? { document: null, findings: [] } : readDocument(file);
  if (file !== null && document === null) throw new FindingsError(inFileOrder(findings));
  const rows = leafRows(FLEET);
  const tree = new SettingsTree(document);
  const problems = [...findings, ...substituteVariables(tree, rows, env, isOfSettings)];
  problems.push(...stateOptions(tree, rows, options));
  const result = FLEET.safeParse(tree.root);
  if (!result.success) problems.push(...schemaFindings(tree, result.error.issues, optionRows(FLEET)));
  else problems.push(...processKeysOfGroups(tree, result.data), ...unknownGroups(tree, result.data));
  if (!result.success || problems.length > 0) throw new FindingsError(inFileOrder(problems));
  const loaded = loadGroups(result.data, { document, tree, env: environmentOfFleet(env) });
  const warnings = loaded.problems.filter(({ warning }) => warning === true);
  if (loaded.config === null || loaded.problems.length > warnings.length)
    throw new FindingsError(inFileOrder(loaded.problems));
  const thresholds = result.data.thresholds.flatMap((text) => parseThreshold(text) ?? []);
  const { stateFolder: folder } = result.data;
  const stateFolder = folder === null ? null : tree.resolvePath(["stateFolder"], folder);
  const config = withSocketBeside(loaded.config, stateFolder);
  return { ...result.data, ...{ stateFolder, thresholds, warnings, config, groups: loaded.groups } };
}

/** A fleet with a state folder has its control socket there, like a single phone. */
function withSocketBeside(config: Config, stateFolder: string | null): Config {
  if (stateFolder === null || config.control.socket !== null) return config;
  return { ...config, control: { ...config.control, socket: join(stateFolder, "control.sock") } };
}

function stateOptions(tree: SettingsTree, rows: readonly OptionRow[], options: FleetOptions): readonly Finding[] {
  const { stated = [], count = null, thresholds = [], controlSocket = null } = options;
  applyOptions(tree, rows, stated);
  if (controlSocket !== null) {
    tree.set(["settings", "control", "enable"], true);
    tree.setFromOption(["settings", "control", "socket"], controlSocket, "--control-socket");
  }
  const known = tree.get(["thresholds"]) ?? [];
  if (thresholds.length > 0 && Array.isArray(known)) tree.set(["thresholds"], [...known, ...thresholds]);
  if (count === null) return [];
  const groups = tree.get(["groups"]) ?? [{}];
  if (Array.isArray(groups) && groups.length > 1) {
    const message = "--count is for a fleet with one group: change the counts of the groups";
    return [{ ...tree.finding(["groups"], "SEVERAL_GROUPS", message), file: COMMAND_LINE, line: 0, column: 0 }];
  }
  if (Array.isArray(groups) && groups.length === 1) tree.set(["groups"], groups);
  tree.setFromOption(["groups", 0, "count"], /^\d{1,9}$/.test(count) ? Number(count) : count, "--count");
  return [];
}

const COMMAND_LINE = "command line";

/** They are read again as settings of each group. */
function isOfSettings(path: OptionPath): boolean {
  return path[0] === "settings" || path[2] === "settings";
}

interface Source {
  readonly document: YamlDocument | null;
  readonly tree: SettingsTree;
  readonly env: Environment;
}

interface LoadedGroups {
  /** Null where a group has mistakes. */
  readonly config: Config | null;
  readonly groups: readonly FleetGroup[];
  readonly problems: readonly Finding[];
}

/** A mistake in the settings of all groups appears in each group; it is reported once. */
function loadGroups(fleet: FleetSettings, { document, tree, env }: Source): LoadedGroups {
  const problems = new Map<string, Finding>();
  const note = (findings: readonly Finding[]): void => {
    for (const one of findings) problems.set(`${one.file} ${one.line} ${one.column} ${one.message}`, one);
  };
  const load = (at: number | null): Config | null => {
    const isTop = at === null;
    const own = groupDocument(fleet, { document, tree }, at);
    const other = otherBackend(own);
    if (other !== null) {
      note([other]);
      return null;
    }
    try {
      const config = checkSettings(own, env, { more: [checkSimulated] });
      // A clone may name the ACS of the device that was dumped; where it does not, nothing is opened.
      const isOfGroups = (code: string): boolean => code === "NO_CLONE" || code === "NO_ACS";
      const warnings = config.warnings.filter(
        ({ code }) => !isOfGroups(code) || (!isTop && (code === "NO_CLONE" || config.clone === null)),
      );
      note(warnings.map((warning) => (warning.code === "NO_ACS" ? noAcs(tree) : warning)));
      return config;
    } catch (error) {
      if (!(error instanceof FindingsError)) throw error;
      note(error.findings);
      return null;
    }
  };
  const config = load(null);
  let next = 1;
  const groups = fleet.groups.flatMap((group, at): FleetGroup[] => {
    const own = load(at);
    const { logins, finding } = readLogins(tree, group, at);
    if (finding !== null) note([finding]);
    const firstIndex = group.firstIndex ?? next;
    next = firstIndex + group.count;
    return own === null ? [] : [{ ...group, firstIndex, config: own, acsLogins: logins }];
  });
  note(groups.flatMap((group, at) => sharedNumbers(groups, group, at).map((message) => clash(tree, at, message))));
  return { config, groups, problems: [...problems.values()] };
}

/** The ACS would see two phones with the same identity as one. */
function sharedNumbers(groups: readonly FleetGroup[], { name, firstIndex, count }: FleetGroup, at: number): string[] {
  return groups.slice(0, at).flatMap((other) => {
    if (other.name === name) return [`two groups are called ${name}; give each a name of its own`];
    const isApart = other.firstIndex >= firstIndex + count || firstIndex >= other.firstIndex + other.count;
    return isApart ? [] : [`the phones of ${name} and ${other.name} share numbers; leave firstIndex out, or move one`];
  });
}

function unknownGroups(tree: SettingsTree, { groups, scenarios, misbehaviour }: FleetSettings): readonly Finding[] {
  const known = groups.map(({ name }) => name);
  return Object.entries({ scenarios, misbehaviour }).flatMap(([list, entries]) =>
    entries.flatMap(({ groups: named }, at) =>
      named
        .filter((name) => !known.includes(name))
        .map((name) => {
          const path = [list, at, "groups", named.indexOf(name)];
          return tree.finding(path, "UNKNOWN_GROUP", `there is no group ${name}; there are: ${known.join(", ")}`);
        }),
    ),
  );
}

function noAcs(tree: SettingsTree): Finding {
  return { ...tree.finding([], "NO_ACS", "the phones have no ACS: set acs (--acs)"), line: 0, column: 0 };
}

function clash(tree: SettingsTree, at: number, message: string): Finding {
  return tree.finding(["groups", at], "SAME_PHONES", message);
}
