import { type Finding, FindingsError } from "../cwmp/findings.ts";
import type { DataModel } from "../model/types.ts";
import { ADDED_ROWS, compileDump, isTable } from "./compile.ts";
import { DumpBuilder, type DumpNode, type DumpObject } from "./dump.ts";
import { FindingList } from "./finding-list.ts";
import { forcedParameters, nodeAt } from "./forced-parameters.ts";
import { readGenieAcs } from "./genieacs.ts";
import { JsonProblem } from "./json-text.ts";
import { isModelXml, readModelXml } from "./model-xml.ts";
import { isSecretName, ownDefinitions, REQUIRED_PARAMETERS } from "./own-definitions.ts";
import { isSimulatorCsv, readSimulatorCsv } from "./simulator-csv.ts";

/** A device to be cloned, compiled to the agent's form of a data model. */
export interface Clone {
  readonly format: string;
  readonly model: DataModel;
  /** Values of the dump by their name below the root, such as `DeviceInfo.ModelName`; only those that it has. */
  value(name: string): string | null;
  readonly report: CloneReport;
}

/** Which parts of a dump were used, and which were not. */
export interface CloneReport {
  readonly root: string;
  readonly parameters: number;
  readonly writable: number;
  readonly objects: number;
  readonly tables: readonly { readonly path: string; readonly rows: number; readonly creatable: boolean }[];
  /** Parameters that the dump lacks and every CPE has. */
  readonly added: readonly string[];
  /** How many parameters lack access, type or value in the dump. */
  readonly unsaid: {
    readonly access: number;
    readonly type: number;
    readonly value: number;
    /** Tables without rows in the dump: they get one. */
    readonly rows: number;
    /** The dump has no lengths, ranges and allowed values. */
    readonly limits: boolean;
  };
  /** Values that are left out because a device never reveals them. */
  readonly secrets: number;
  readonly addedRows: number;
  readonly findings: readonly Finding[];
}

/**
 * Reads a dump in any of the formats.
 *
 * @param agent the data model of the agent itself, with the extensions that it supports
 * @throws FindingsError where nothing of it can be used
 */
export function compileClone(file: string, text: string, agent: DataModel): Clone {
  const findings = new FindingList(file, text);
  const dump = new DumpBuilder(findings);
  const { format, ...said } = read(text, dump, findings);
  const { root } = dump;
  if (root === null || dump.parameters === 0) {
    findings.add(0, "NO_PARAMETERS", "no parameter can be used: nothing is left to clone");
    throw new FindingsError(findings.all().map(({ warning: _warning, ...finding }) => finding));
  }
  const counted = count(root.name, root.object);
  const added = addRequired(root.object);
  const forced = forcedParameters(root.name, root.object);
  const model = compileDump(root.name, root.object, { own: ownDefinitions(agent), forced, findings });
  return {
    format,
    model,
    value: (name) => valueAt(root.object, name),
    report: {
      root: root.name,
      ...counted,
      unsaid: { ...counted.unsaid, ...said },
      added,
      addedRows: ADDED_ROWS,
      findings: findings.all(),
    },
  };
}

interface Read {
  readonly format: string;
  readonly rows: number;
  readonly limits: boolean;
}

function read(text: string, dump: DumpBuilder, findings: FindingList): Read {
  if (isModelXml(text)) {
    return { format: "data model of the Broadband Forum (XML)", rows: readModelXml(text, dump), limits: false };
  }
  if (isSimulatorCsv(text)) {
    readSimulatorCsv(text, dump);
    return { format: "table of the GenieACS simulator (CSV)", ...INSTANCES };
  }
  try {
    readGenieAcs(text, dump);
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    findings.add(error.at, "NOT_A_DUMP", error.message);
  }
  return { format: "GenieACS device (JSON)", ...INSTANCES };
}

/** These formats have the rows of a device, but no limits. */
const INSTANCES = { rows: 0, limits: true } as const;

function addRequired(root: DumpObject): readonly string[] {
  return REQUIRED_PARAMETERS.flatMap(([name, parameters]) => {
    const known = root.children.get(name);
    const object: DumpObject =
      known?.kind === "object" ? known : { kind: "object", at: 0, writable: null, children: new Map() };
    root.children.set(name, object);
    return parameters.flatMap((parameter) => {
      if (object.children.get(parameter)?.kind === "parameter") return [];
      object.children.set(parameter, { kind: "parameter", at: 0, writable: null, type: null, value: null });
      return [`${name}.${parameter}`];
    });
  });
}

function valueAt(root: DumpObject, name: string): string | null {
  const node = nodeAt(root, name);
  return node?.kind === "parameter" ? node.value : null;
}

type Counts = Pick<CloneReport, "parameters" | "writable" | "objects" | "tables" | "secrets"> & {
  readonly unsaid: Pick<CloneReport["unsaid"], "access" | "type" | "value">;
};

function count(name: string, root: DumpObject): Counts {
  const counts = { parameters: 0, writable: 0, objects: 0, secrets: 0 };
  const unsaid = { access: 0, type: 0, value: 0 };
  const tables: { path: string; rows: number; creatable: boolean }[] = [];
  const visit = (node: DumpNode, path: string, own: string): void => {
    if (node.kind === "parameter") {
      counts.parameters++;
      if (node.writable === true) counts.writable++;
      if (node.writable === null) unsaid.access++;
      if (node.type === null) unsaid.type++;
      if (node.value === null) unsaid.value++;
      else if (node.value !== "" && isSecretName(own)) counts.secrets++;
      return;
    }
    counts.objects++;
    if (isTable(node)) tables.push({ path: `${path}.`, rows: node.children.size, creatable: node.writable === true });
    for (const [child, below] of node.children) visit(below, `${path}.${child}`, child);
  };
  visit(root, name, name);
  return { ...counts, tables, unsaid };
}
