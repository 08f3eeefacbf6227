import type { CloneReport } from "../../clone/clone.ts";
import { formatFinding } from "../../cwmp/findings.ts";
import { printable } from "../../system/printable.ts";

const MAX_TABLES = 20;

/** The output of `params --clone`: the used parts of a dump, its findings, and what it lacks. */
export function cloneReport(file: string, format: string, report: CloneReport): string {
  const { root, parameters, writable, objects, tables, findings } = report;
  return [
    `${file}: ${format}`,
    `  root        ${root}.`,
    `  parameters  ${parameters}, of which ${writable} are writable`,
    `  objects     ${objects}, of which ${tables.length} are tables`,
    ...tables.slice(0, MAX_TABLES).map(tableLine),
    ...(tables.length > MAX_TABLES ? [`                ${tables.length - MAX_TABLES} more tables`] : []),
    "Missing in the dump:",
    ...unsaidLines(report).map((line) => `  ${line}`),
    `Not understood: ${findings.length === 0 ? "nothing" : ""}`.trimEnd(),
    ...findings.map((finding) => `  ${formatFinding(finding)}`),
  ]
    .map((line) => `${printable(line)}\n`)
    .join("");
}

function tableLine({ path, rows, creatable }: CloneReport["tables"][number]): string {
  return `                ${path} ${rows === 1 ? "1 row" : `${rows} rows`}${creatable ? ", AddObject works" : ""}`;
}

function unsaidLines({ unsaid, added, secrets, tables, addedRows }: CloneReport): readonly string[] {
  const counted = (count: number, what: string): readonly string[] => (count === 0 ? [] : [`${what}: ${count}`]);
  const creatable = tables.some((table) => table.creatable);
  return [
    ...counted(unsaid.access, "parameters without access, treated as read-only"),
    ...counted(unsaid.type, "parameters without type, treated as string"),
    ...counted(
      unsaid.value,
      `parameters without value, treated as empty, 0 or false${unsaid.limits ? "" : ", or the first allowed value"}`,
    ),
    ...counted(secrets, "secrets that are left out: a device never reveals them"),
    ...(added.length === 0 ? [] : [`added, because every CPE has them: ${added.join(", ")}`]),
    ...(creatable
      ? [
          `how many rows a table${unsaid.limits ? "" : " without maxEntries"} can have: up to ${addedRows} more than now are accepted`,
        ]
      : []),
    ...counted(unsaid.rows, "tables that may be empty, made with one row so that there is something to manage"),
    ...(unsaid.limits ? ["lengths, ranges and allowed values: every value of the type is accepted"] : []),
  ];
}
