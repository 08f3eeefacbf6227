import type { z } from "zod";
import type { Finding } from "../cwmp/findings.ts";
import { maskUrls } from "../cwmp/mask.ts";
import { nearest } from "../system/nearest.ts";
import { type OptionRow, optionRows } from "./option-table.ts";
import type { SettingsTree } from "./settings-tree.ts";
import { isGroup, type OptionPath } from "./yaml-document.ts";

type Issue = z.core.$ZodIssue;

/** The schema's issues as findings: one for each unknown key and one for each option with a wrong value. */
export function schemaFindings(
  tree: SettingsTree,
  issues: readonly Issue[],
  rows: readonly OptionRow[] = optionRows(),
): Finding[] {
  const wrong = new Set<string>();
  return issues.flatMap((issue) => {
    const path = issue.path.filter((key) => typeof key !== "symbol");
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(tree, rows, path, key));
    const option = path.slice(0, path.findLastIndex((key) => typeof key === "string") + 1).join(".");
    if (wrong.has(option)) return [];
    wrong.add(option);
    return [wrongValue(tree, rows, path)];
  });
}

function unknownKey(tree: SettingsTree, rows: readonly OptionRow[], group: OptionPath, key: string): Finding {
  const path = [...group, key];
  const name = optionName(path);
  const type = tree.get(["backend", "type"]);
  const fits = (row: OptionRow): boolean => row.backendType === null || row.backendType === type;
  const foreign = rows.find((row) => row.path === name && !fits(row));
  if (foreign !== undefined) {
    const message = `${name} belongs to the backend type ${foreign.backendType}, not ${String(type)}`;
    return tree.finding(path, "UNKNOWN_KEY", message, "key");
  }
  const prefix = group.length === 0 ? "" : `${optionName(group)}.`;
  const here = rows
    .filter((row) => fits(row) && row.path.startsWith(prefix) && !row.path.slice(prefix.length).includes("."))
    .map((row) => row.path.slice(prefix.length));
  return tree.finding(path, "UNKNOWN_KEY", `unknown key ${show(key)}; ${advice(rows, key, here)}`, "key");
}

function advice(rows: readonly OptionRow[], key: string, here: readonly string[]): string {
  const near = nearest(key, here);
  if (near !== null) return `did you mean ${near}?`;
  const elsewhere = rows.filter(({ path }) => path.endsWith(`.${key}`)).map(({ path }) => path);
  if (elsewhere.length > 0) return `did you mean ${elsewhere.join(" or ")}?`;
  return `known here: ${[...new Set(here)].join(", ")}`;
}

function wrongValue(tree: SettingsTree, rows: readonly OptionRow[], path: OptionPath): Finding {
  const name = optionName(path);
  const type = tree.get(["backend", "type"]);
  const row =
    rows.find((each) => each.path === name && each.backendType === type) ?? rows.find((each) => each.path === name);
  const value = tree.get(path);
  const hint = row?.kind === "text" || row?.kind === "path" ? textHint(value) : "";
  const shown =
    row === undefined || row.secret || tree.isSensitive(path) || hint !== "" ? "" : `, not ${describe(row, value)}`;
  const allowed = row?.allowed ?? "left out";
  return tree.finding(path, "WRONG_VALUE", `${name || "the file"} must be ${allowed}${shown}${hint}`);
}

/** `username: 1001` is a number to YAML. */
function textHint(value: unknown): string {
  return typeof value === "number" || typeof value === "boolean" ? "; put the value in quotes to make it text" : "";
}

/** A value in place of a group may be a password, so only its type is shown. */
function describe(row: OptionRow, value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isGroup(value)) return "a group";
  return row.kind === "section" ? `a ${typeof value === "string" ? "text" : typeof value}` : show(value);
}

function show(value: unknown): string {
  const plain = JSON.stringify(value) ?? "nothing";
  const text = maskUrls(plain);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Places in a list do not count: the list is the option. */
function optionName(path: OptionPath): string {
  return path.filter((key) => typeof key === "string").join(".");
}
