import { join, resolve } from "node:path";
import { DEFAULT_BACKEND } from "../backends/registry.ts";
import { type Finding, FindingsError } from "../cwmp/findings.ts";
import type { DeepReadonly } from "../options/option.ts";
import { checkClone } from "./clone-checks.ts";
import {
  applyOptions,
  applyVariables,
  type Environment,
  type StatedByOption,
  substituteVariables,
  unknownVariables,
} from "./environment.ts";
import { leafRows, type OptionRow, optionRows } from "./option-table.ts";
import { OPTIONS, type Settings } from "./options.ts";
import { canonicalPhone } from "./phone-options.ts";
import { checkPlugInOptions, expandModuleAsType, expandShortBackend } from "./plug-in-checks.ts";
import { checkFiles, readSmallFile } from "./readable-files.ts";
import { schemaFindings } from "./schema-findings.ts";
import { readPasswordFiles } from "./secret-files.ts";
import { SettingsTree } from "./settings-tree.ts";
import { isGroup, parseYaml, type YamlDocument } from "./yaml-document.ts";

/** Every setting, checked, complete and frozen. Paths are absolute, `password` holds the content of `passwordFile`. */
export type Config = DeepReadonly<Settings> & {
  /** The options set in the file or the environment, as opposed to defaults: `tr069.acs.url`. */
  readonly stated: ReadonlySet<string>;
  /** The position of each of `cloneValues`: they are checked later, against the dump. */
  readonly places: ReadonlyMap<string, Pick<Finding, "file" | "line" | "column">>;
  /** Warnings: possible mistakes. */
  readonly warnings: readonly Finding[];
};

/** Mistakes that `check-config` reports although an agent would run with them. */
export type MoreChecks = (tree: SettingsTree, env: Environment) => readonly Finding[];

/**
 * Reads the settings file (null: none) and the environment (`AKUVOX_CPE_…` overrides, `${NAME}` substitutions).
 * @param more additional checks @param options options of the command line
 * @throws FindingsError with everything that is wrong, in the order of the file.
 */
export function loadConfig(
  file: string | null,
  env: Environment,
  more: readonly MoreChecks[] = [],
  options: readonly StatedByOption[] = [],
): Config {
  const { document, findings } = file === null ? { document: null, findings: [] } : readDocument(file);
  if (file !== null && document === null) throw new FindingsError(inFileOrder(findings));
  return checkSettings(document, env, { more, options, findings });
}

/** Context of the settings that is not in their text. */
export interface SettingsContext {
  readonly more?: readonly MoreChecks[];
  readonly options?: readonly StatedByOption[];
  /** Findings about the document that holds them. */
  readonly findings?: readonly Finding[];
}

/** The same for settings that have been read, such as a part of another file. */
export function checkSettings(
  document: YamlDocument | null,
  env: Environment,
  { more = [], options = [], findings = [] }: SettingsContext = {},
): Config {
  const rows = leafRows();
  const tree = new SettingsTree(document);
  const problems = [...findings, ...substituteVariables(tree, rows, env), ...unknownVariables(rows, env)];
  expandShortBackend(tree);
  applyVariables(tree, rows, env);
  applyOptions(tree, rows, options);
  expandModuleAsType(tree);
  problems.push(
    ...readPasswordFiles(tree),
    ...checkFiles(tree, rows),
    ...checkPlugInOptions(tree),
    ...checkClone(tree),
  );
  problems.push(...more.flatMap((check) => check(tree, env)));
  const stated = statedPaths(tree, rows);
  assumeBackendType(tree);
  problems.push(...mismatches(tree));
  // Each schema is used once, so compiling it to code would only cost time.
  const result = OPTIONS.safeParse(tree.root, { jitless: true });
  if (!result.success) problems.push(...schemaFindings(tree, result.error.issues));
  const warnings = problems.filter(({ warning }) => warning === true);
  if (!result.success || problems.length > warnings.length) throw new FindingsError(inFileOrder(problems));
  const settings = finish(result.data, tree, rows);
  return deepFreeze({ ...settings, stated, places: placesOf(tree, settings), warnings: inFileOrder(warnings) });
}

function placesOf(tree: SettingsTree, { cloneValues }: Settings): Config["places"] {
  return new Map(
    Object.keys(cloneValues).map((path) => {
      const { file, line, column } = tree.finding(["cloneValues", path], "", "", "key");
      return [path, { file, line, column }];
    }),
  );
}

/** A null document says that the file cannot be looked into. */
export function readDocument(file: string): {
  readonly document: YamlDocument | null;
  readonly findings: readonly Finding[];
} {
  const read = readSmallFile(resolve(file));
  if ("text" in read) return parseYaml(file, read.text);
  const message = `the settings file cannot be used: ${read.problem}`;
  return { document: null, findings: [{ file, line: 0, column: 0, code: "FILE_UNREADABLE", message }] };
}

/** What does not fit together within a section. */
function mismatches(tree: SettingsTree): Finding[] {
  return optionRows().flatMap((row) => {
    const section = row.path.split(".");
    return (row.mismatches?.(tree.get(section)) ?? []).map(({ at, key, code, message, warning }) => {
      const paths = at.map((path) => [...section, ...path.split(".")]);
      const place = paths.find((path) => tree.get(path) !== undefined) ?? paths.at(-1) ?? section;
      const finding = tree.finding(place, code, message, key ? "key" : "value");
      return warning ? { ...finding, warning } : finding;
    });
  });
}

/** A backend group without a type: the schema needs one to know which keys belong there. */
function assumeBackendType(tree: SettingsTree): void {
  const backend = tree.get(["backend"]);
  if (isGroup(backend) && backend.type === undefined) tree.set(["backend", "type"], DEFAULT_BACKEND);
}

/** Normalization that the schema cannot do: absolute paths, one spelling of addresses. */
function finish(settings: Settings, tree: SettingsTree, rows: readonly OptionRow[]): Settings {
  const finished: Record<string, unknown> = { ...settings, phone: canonicalPhone(settings.phone) };
  for (const { path, kind } of rows) {
    if (kind !== "path") continue;
    const keys = path.split(".");
    const last = keys.at(-1) ?? "";
    const group = keys.slice(0, -1).reduce<unknown>((at, key) => (isGroup(at) ? at[key] : undefined), finished);
    if (!isGroup(group)) continue;
    const value = group[last];
    if (typeof value === "string") group[last] = tree.resolvePath(keys, value);
  }
  return finished as Settings;
}

function statedPaths(tree: SettingsTree, rows: readonly OptionRow[]): ReadonlySet<string> {
  return new Set(rows.map(({ path }) => path).filter((path) => tree.get(path.split(".")) !== undefined));
}

export function inFileOrder(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const item of Object.values(value)) deepFreeze(item);
  }
  return value;
}

/**
 * The phone's own file; null where its settings are in memory. A simulated phone has it in the state folder unless the settings
 * say otherwise: settings and state are kept together, or lost together.
 */
export function phoneFile({ backend, stateFolder }: Pick<Config, "backend" | "stateFolder">): string | null {
  if (backend.type !== "simulated") return backend.file;
  return backend.inMemory ? null : (backend.file ?? join(stateFolder, "phone.cfg"));
}

/** Whether nothing of the phone is stored on disk. */
export function isInMemory({ backend }: Pick<Config, "backend">): boolean {
  return backend.type === "simulated" && backend.inMemory;
}
