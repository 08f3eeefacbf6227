import type { DumpBuilder } from "./dump.ts";

/**
 * Columns of the tables of genieacs-sim that matter for a model; others are timestamps, notification and access list.
 */
const COLUMNS = {
  path: "Parameter",
  object: "Object",
  writable: "Writable",
  value: "Value",
  type: "Value type",
} as const;

interface Row {
  readonly at: number;
  readonly fields: readonly string[];
}

export function isSimulatorCsv(text: string): boolean {
  const [head = ""] = text.replace(/^\uFEFF/, "").split(/\r?\n/, 1);
  return head.split(",").some((name) => unquoted(name) === COLUMNS.path);
}

/** A device as a table with a line for each object and parameter; the first line names the columns. */
export function readSimulatorCsv(text: string, dump: DumpBuilder): void {
  const [head, ...rows] = rowsOf(text.replace(/^\uFEFF/, ""), dump);
  const names = head?.fields ?? [];
  for (const name of Object.values(COLUMNS)) {
    if (!names.includes(name)) dump.findings.add(0, "MISSING_COLUMN", `the table has no column ${name}`);
  }
  const column = Object.fromEntries(Object.entries(COLUMNS).map(([key, name]) => [key, names.indexOf(name)]));
  for (const { at, fields } of rows) {
    const field = (name: keyof typeof COLUMNS): string => fields[column[name] ?? -1] ?? "";
    const path = field("path").replace(/\.$/, "");
    if (path === "" && fields.every((text) => text === "")) continue;
    const writable = flagOf(field("writable"), path, at, dump);
    const isObject = flagOf(field("object"), path, at, dump) ?? field("path").endsWith(".");
    const type = field("type") === "" ? null : field("type");
    if (isObject) dump.object(path, at, writable);
    else
      dump.parameter(path, at, {
        writable,
        type,
        value: type === null && field("value") === "" ? null : field("value"),
      });
  }
}

function flagOf(text: string, path: string, at: number, { findings }: DumpBuilder): boolean | null {
  if (/^(?:true|1)$/i.test(text)) return true;
  if (/^(?:false|0|)$/i.test(text)) return text === "" ? null : false;
  findings.add(at, "WRONG_VALUE", `${path}: ${text.slice(0, 40)} is neither true nor false`);
  return null;
}

/** A field, quoted (RFC 4180) or plain, and the separator after it. */
const FIELD = /("[^"]*(?:""[^"]*)*"|[^",\r\n][^,\r\n]*|)(,|\r?\n|\r|$)/y;

function rowsOf(text: string, { findings }: DumpBuilder): readonly Row[] {
  const rows: Row[] = [];
  const pattern = new RegExp(FIELD);
  let fields: string[] = [];
  let start = 0;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(text);
    if (found === null) {
      findings.add(at, "NOT_A_DUMP", "a quote of the table is not closed, or stands in the middle of a field");
      break;
    }
    const [, field = "", end] = found;
    fields.push(unquoted(field));
    if (end === ",") continue;
    rows.push({ at: start, fields });
    fields = [];
    start = pattern.lastIndex;
  }
  if (fields.length > 0) rows.push({ at: start, fields });
  return rows;
}

function unquoted(field: string): string {
  return field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;
}
