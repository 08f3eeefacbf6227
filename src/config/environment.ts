import type { Finding } from "../cwmp/findings.ts";
import { nearest } from "../system/nearest.ts";
import type { OptionRow } from "./option-table.ts";
import { VARIABLE_PREFIX } from "./options.ts";
import { ENVIRONMENT, type SettingsTree } from "./settings-tree.ts";
import { isGroup, type OptionPath } from "./yaml-document.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Overlays the tree with the option table's environment variables. An empty variable counts as not set, because
 * Compose passes unset variables on as empty ones; so does a service address that Kubernetes sets.
 */
export function applyVariables(tree: SettingsTree, rows: readonly OptionRow[], env: Environment): void {
  const stated = rows.flatMap(({ path, environment, kind }) => {
    const text = environment === null ? undefined : env[environment];
    if (environment === null || text === undefined || text === "" || isServiceAddress(text)) return [];
    return [{ path: path.split("."), variable: environment, value: scalarOf(text, kind) }];
  });
  // Each variable is checked against the file first, then the variables against each other.
  for (const { path } of stated) removeAlternative(tree, path);
  for (const { path, value, variable } of stated) tree.setFromVariable(path, value, variable);
}

/** `AKUVOX_CPE_WEB_PORT=tcp://10.0.0.1:80` is made by Kubernetes for a service akuvox-cpe-web, and is no port. */
function isServiceAddress(text: string): boolean {
  return /^(?:tcp|udp|sctp):\/\//.test(text);
}

/** A setting on the command line. */
export interface StatedByOption {
  /** Of the setting, such as `tr069.acs.url`. */
  readonly path: string;
  /** As it is written there, such as `--acs-url`. */
  readonly option: string;
  readonly text: string;
}

/** Takes precedence over file and environment. */
export function applyOptions(tree: SettingsTree, rows: readonly OptionRow[], stated: readonly StatedByOption[]): void {
  for (const { path, option, text } of stated) {
    const kind = rows.find((row) => row.path === path)?.kind;
    tree.setFromOption(path.split("."), scalarOf(text, kind), option);
  }
}

/** A password in the environment takes precedence over passwordFile in the file, and vice versa. */
function removeAlternative(tree: SettingsTree, path: OptionPath): void {
  const group = path.slice(0, -1);
  if (path.at(-1) === "password") tree.remove([...group, "passwordFile"]);
  if (path.at(-1) === "passwordFile") tree.remove([...group, "password"]);
}

const SUBSTITUTION = /\$\$\{|\$\{([^}]*)\}?/g;
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Replaces `${NAME}` in every text of the tree by the variable's value; `$${` stands for `${` itself.
 *
 * @param later whether the text at a path is substituted later
 */
export function substituteVariables(
  tree: SettingsTree,
  rows: readonly OptionRow[],
  env: Environment,
  later: (path: OptionPath) => boolean = () => false,
): Finding[] {
  const kinds = new Map(rows.map((row) => [row.path, row.kind]));
  const findings: Finding[] = [];
  for (const { path, text } of textsOf(tree.root, [])) {
    if (!text.includes("${") || later(path)) continue;
    const { result, problems, used } = substitute(text, env);
    findings.push(...problems.map(({ code, message }) => tree.finding(path, code, message)));
    if (problems.length > 0) {
      tree.remove(path);
      continue;
    }
    tree.set(path, used ? scalarOf(result, kinds.get(path.join("."))) : result);
    if (used) tree.markSensitive(path);
  }
  return findings;
}

interface Substituted {
  readonly result: string;
  readonly problems: readonly { readonly code: string; readonly message: string }[];
  /** Whether a variable was put in, and not only an escape taken out. */
  readonly used: boolean;
}

function substitute(text: string, env: Environment): Substituted {
  const problems: { code: string; message: string }[] = [];
  let used = false;
  const result = text.replace(SUBSTITUTION, (found, name: string | undefined) => {
    if (found === "$${") return "${";
    used = true;
    if (name === undefined || !found.endsWith("}") || !VARIABLE_NAME.test(name)) {
      const message =
        "a variable's name and } must follow this dollar sign and brace; write $$ for a dollar sign that is meant";
      problems.push({ code: "BAD_SUBSTITUTION", message });
      return "";
    }
    const value = env[name];
    if (value === undefined) {
      problems.push({ code: "MISSING_VARIABLE", message: `the environment variable ${name} is not set` });
    }
    return value ?? "";
  });
  return { result, problems, used };
}

/** Variables hold text alone: where the option is a number or a switch, text that reads as one becomes one. */
function scalarOf(text: string, kind: OptionRow["kind"] | undefined): unknown {
  if (kind === "number" && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (kind === "flag" && /^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  return text;
}

interface TextAt {
  readonly path: OptionPath;
  readonly text: string;
}

function textsOf(value: unknown, path: OptionPath): readonly TextAt[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsOf(item, [...path, index]));
  if (!isGroup(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => textsOf(item, [...path, key]));
}

/**
 * Names with our prefix that are not settings: the settings file, and the variables of the installed program and of
 * hooks.
 */
const OTHERS: ReadonlySet<string> = new Set(["CONFIG", "NODE", "WRITE_CODE", "HOOK"]);

/** Variables that Kubernetes and Docker links generate for a service or container named like this program. */
const OF_A_SERVICE =
  /^(?:.+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_.+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_.+)?)?|NAME|ENV_.+)$/;

/** A mistyped variable would otherwise change nothing, in silence. Its value, which may be a secret, is not shown. */
export function unknownVariables(rows: readonly OptionRow[], env: Environment): Finding[] {
  const prefixed = (name: string): boolean => name.startsWith(VARIABLE_PREFIX);
  const plain = (name: string): string => name.slice(VARIABLE_PREFIX.length);
  const known = new Set(rows.flatMap(({ environment }) => (environment === null ? [] : plain(environment))));
  return Object.keys(env)
    .filter(prefixed)
    .map(plain)
    .filter((name) => !known.has(name) && !OTHERS.has(name) && !OF_A_SERVICE.test(name))
    .sort()
    .map((name) => {
      const near = nearest(name, known);
      const hint = near === null ? "check-config --variables lists them" : `did you mean ${VARIABLE_PREFIX}${near}?`;
      const message = `there is no setting for the environment variable ${VARIABLE_PREFIX}${name}: ${hint}`;
      return { file: ENVIRONMENT, line: 0, column: 0, code: "UNKNOWN_VARIABLE", message };
    });
}
