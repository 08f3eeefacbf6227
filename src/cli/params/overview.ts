import { isPartialPath, parentPath } from "../../cwmp/paths.ts";
import { allowedValues } from "../../model/value.ts";
import type { ParameterRef } from "../../parameters/layout.ts";
import { printableJson } from "../../system/printable.ts";
import { evidenceOf } from "./lists.ts";
import type { Phone } from "./phone.ts";
import { currentValues } from "./values.ts";

/** For people: the parameters of an object as a table under each object's path; one parameter in detail. */
export async function overview(phone: Phone, path: string): Promise<string> {
  const refs = phone.layout.find(path);
  const [only] = refs;
  if (only !== undefined && !isPartialPath(path)) return sheet(phone, only);
  return `${tables(phone, refs)}${LEGEND}`;
}

const LEGEND = "\nrw: an ACS may write it; r-: it may only read it. `akuvox-cpe params <parameter>` describes one.\n";

function tables(phone: Phone, refs: readonly ParameterRef[]): string {
  const byObject = new Map<string, ParameterRef[]>();
  for (const ref of refs) {
    const object = parentPath(ref.path);
    const members = byObject.get(object);
    if (members === undefined) byObject.set(object, [ref]);
    else members.push(ref);
  }
  return [...byObject].map(([object, members]) => table(phone, object, members)).join("\n");
}

function table(phone: Phone, object: string, refs: readonly ParameterRef[]): string {
  const rows = refs.map(({ path, def }) => [path.slice(object.length), def.writable ? "rw" : "r-", typeOf(def)]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = refs.map(({ def }, at) => {
    const cells = (rows[at] ?? []).map((cell, column) => cell.padEnd(widths[column] ?? 0));
    return `  ${cells.join("  ")}  ${def.description}\n`;
  });
  const row = /\.\d+\.$/.test(object) && phone.layout.table(parentPath(object))?.creatable === true;
  return `${object}${row ? "  (DeleteObject works on it)" : ""}\n${lines.join("")}`;
}

function typeOf({ type, list }: ParameterRef["def"]): string {
  return list ? `list of ${type}` : type;
}

async function sheet(phone: Phone, ref: ParameterRef): Promise<string> {
  const { def } = ref;
  const value = (await currentValues(phone, [ref])).get(ref.path) ?? "";
  const keys = [...ref.configKeys, ref.liveKey, ref.actionKey].filter((key) => key !== null);
  const { confirmed, guess } = evidenceOf(def);
  const facts: readonly (readonly [string, string])[] = [
    ["", def.description],
    ["type", typeOf(def)],
    ["allowed", allowedValues(def)],
    ["writable", writableText(ref)],
    ["units", def.units ?? ""],
    ["default", JSON.stringify(ref.initial)],
    ["value", def.hidden ? "hidden: reads as empty" : printableJson(JSON.stringify(value))],
    ["from", def.source.kind],
    ["key", keys.join(", ")],
    ["notification", def.notification === "normal" ? "" : def.notification],
    ["in each Inform", def.forcedInform ? "yes" : ""],
    ["in force", def.restart ? "after a reboot" : ""],
    ["standard", def.standard],
    ["confirmed", confirmed.join(", ")],
    ["guess", guess.join(", ")],
  ];
  const shown = facts.filter(([, text]) => text !== "");
  return `${ref.path}\n${shown.map(([name, text]) => `  ${name.padEnd(14)}  ${text}`.replace(/^ {4,}/, "  ")).join("\n")}\n`;
}

function writableText({ def }: ParameterRef): string {
  if (!def.writable) return "no";
  return def.writableWhen === null ? "yes" : `while ${def.writableWhen.path} is ${def.writableWhen.value}`;
}
