/**
 * Reading plain values, from YAML or JSON: each reader answers the value, or reports and answers null. YAML scalars come as
 * the texts that were written, so that a number such as `0100` keeps its zero.
 */

/** From the document's root: keys and indexes. */
export type YamlPath = readonly (string | number)[];
export type Report = (path: YamlPath, code: string, message: string) => void;

export type PlainMap = Readonly<Record<string, unknown>>;

/** A mapping; keys other than `known` (null: any key) are reported, and what stands behind the others can be checked too. */
export function readMap(
  value: unknown,
  path: YamlPath,
  known: readonly string[] | null,
  report: Report,
): PlainMap | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    report(path, "TYPE", `expected a mapping${known === null ? "" : ` with ${known.join(", ")}`}`);
    return null;
  }
  const unknown = known === null ? [] : Object.keys(value).filter((key) => !known.includes(key));
  for (const key of unknown) report([...path, key], "UNKNOWN_KEY", `unknown key "${key}"; known: ${known?.join(", ")}`);
  return value as PlainMap;
}

export function readList(value: unknown, path: YamlPath, report: Report): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  report(path, "TYPE", "expected a list");
  return null;
}

/** A text; numbers and booleans are taken as they are written in JSON. */
export function readText(value: unknown, path: YamlPath, report: Report): string | null {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  report(
    path,
    value === undefined ? "MISSING" : "TYPE",
    value === undefined ? "is missing" : "expected a text, a number, true or false",
  );
  return null;
}

export function readBoolean(value: unknown, path: YamlPath, report: Report): boolean | null {
  if (value === true || value === "true") return true;
  if (value === false || value === "false") return false;
  report(path, "TYPE", "expected true or false");
  return null;
}

/** A list of texts, or one text alone. */
export function readTextList(value: unknown, path: YamlPath, report: Report): readonly string[] | null {
  if (typeof value === "string") return [value];
  const list = readList(value, path, report);
  if (list === null) return null;
  const texts = list.map((item, index) => readText(item, [...path, index], report));
  return texts.includes(null) ? null : texts.filter((text) => text !== null);
}
