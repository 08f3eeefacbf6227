import { resolve } from "node:path";
import { DEFAULT_BACKEND } from "../backends/registry.ts";
import type { Finding } from "../cwmp/findings.ts";
import { isRefused, type PathRisk, type PathRole, pathRisks } from "../system/trusted-path.ts";
import type { MoreChecks } from "./load-config.ts";
import { optionRows } from "./option-table.ts";
import type { SettingsTree } from "./settings-tree.ts";
import { PASSWORD_GROUPS } from "./tr069-options.ts";

/** What each path option means. A test holds this table against the option table. */
export const PATH_ROLES: Readonly<Record<string, PathRole>> = {
  "tr069.acs.passwordFile": "secret",
  "tr069.cpe.passwordFile": "secret",
  "web.passwordFile": "secret",
  "tls.ca": "file",
  "tls.certificate": "file",
  "tls.key": "secret",
  "web.certificate": "file",
  "web.key": "secret",
  "backend.file": "phone",
  "backend.statusFile": "phone",
  "backend.network.file": "file",
  "backend.time.ntpFile": "file",
  "backend.folder": "folder",
  "backend.module": "file",
  "backend.script": "file",
  "autop.file": "file",
  dataModel: "folder",
  clone: "file",
  stateFolder: "folder",
  // The agent runs without its socket; the code that opens it refuses a bad one.
  "control.socket": "folder",
};

/**
 * Whether somebody else may change the settings, or what they name (docs/decisions/0031). To be handed to `loadConfig`.
 *
 * @param file the settings file; null: none
 * @param traceFolder null: no trace
 */
export function trustCheck(file: string | null, traceFolder: string | null = null): MoreChecks {
  return (tree) => {
    const isStrict = tree.get(["strictModes"]) !== false;
    const found = distinct([...risksOfConfig(file, tree), ...risksOfTrace(traceFolder), ...risksOfOptions(tree)]);
    return found.map(({ risk, finding }) => (isStrict && isRefused(risk) ? finding : { ...finding, warning: true }));
  };
}

interface Found {
  readonly risk: PathRisk;
  readonly finding: Finding;
}

const CODE = "UNTRUSTED_PATH";

function risksOfConfig(file: string | null, tree: SettingsTree): readonly Found[] {
  if (file === null) return [];
  const hasPassword = PASSWORD_GROUPS.some((group) => {
    const password = tree.get([...group, "password"]);
    return typeof password === "string" && password !== "" && !tree.isSensitive([...group, "password"]);
  });
  return pathRisks(resolve(file), hasPassword ? "secret" : "file").map((risk) => ({
    risk,
    finding: { file, line: 0, column: 0, code: CODE, message: `the settings: ${risk.message}` },
  }));
}

function risksOfTrace(folder: string | null): readonly Found[] {
  if (folder === null) return [];
  return pathRisks(resolve(folder), "folder").map((risk) => ({
    risk,
    finding: { file: folder, line: 0, column: 0, code: CODE, message: `the trace: ${risk.message}` },
  }));
}

function risksOfOptions(tree: SettingsTree): readonly Found[] {
  const type = tree.get(["backend", "type"]) ?? DEFAULT_BACKEND;
  return optionRows().flatMap(({ path, kind, fallback, backendType }) => {
    const role = PATH_ROLES[path];
    if (kind !== "path" || role === undefined || (backendType !== null && backendType !== type)) return [];
    const optionPath = path.split(".");
    const stated = tree.get(optionPath) ?? fallback;
    if (typeof stated !== "string" || stated === "") return [];
    return pathRisks(tree.resolvePath(optionPath, stated), role).map((risk) => ({
      risk: path === "control.socket" ? { ...risk, severity: "warn" as const } : risk,
      finding: tree.finding(optionPath, CODE, `${path}: ${risk.message}`),
    }));
  });
}

/** A folder that several paths share is reported once, with its worst consequence. */
function distinct(found: readonly Found[]): readonly Found[] {
  const byMessage = new Map<string, Found>();
  for (const one of found) {
    const known = byMessage.get(one.risk.message);
    if (known === undefined || (known.risk.severity === "warn" && one.risk.severity === "refuse"))
      byMessage.set(one.risk.message, one);
  }
  return [...byMessage.values()];
}
