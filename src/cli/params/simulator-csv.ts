import { isPartialPath } from "../../cwmp/paths.ts";
import type { CwmpType } from "../../cwmp/types.ts";
import type { Phone } from "./phone.ts";
import { currentValues } from "./values.ts";

const HEADER = ["Parameter", "Object", "Writable", "Value", "Value type"];

/**
 * The table that the GenieACS simulator takes as a device: every object (without its last dot) and parameter from `path` on,
 * with the value that an ACS reads. Quoted as RFC 4180 says; lines end with a line feed, as the simulator's own tables do.
 */
export async function simulatorCsv(phone: Phone, path: string): Promise<string> {
  const { layout } = phone;
  const values = await currentValues(phone, layout.find(path));
  const rows = layout.names(path, false).map(({ name, writable }) => {
    const def = layout.get(name)?.def;
    if (def === undefined) return [name.slice(0, -1), String(isPartialPath(name)), String(writable), "", ""];
    return [name, "false", String(writable), values.get(name) ?? "", schemaType(def.type)];
  });
  return [HEADER, ...rows].map((row) => `${row.map(field).join(",")}\n`).join("");
}

function schemaType(type: CwmpType): string {
  return `xsd:${type === "base64" ? "base64Binary" : type}`;
}

/** Also with leading or trailing blanks: some readers trim them. */
function field(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
