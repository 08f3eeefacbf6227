import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("../../src", import.meta.url));

export interface SourceImports {
  readonly packages: readonly string[];
  /** First folders below src/. */
  readonly folders: readonly string[];
}

/** What is loaded with these files of src/, types and dynamic imports left out: they cost nothing, or only when needed. */
export function sourceImports(files: readonly string[]): SourceImports {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path) || !existsSync(path)) return;
    seen.add(path);
    for (const name of importsOf(readFileSync(path, "utf8"))) {
      if (name.startsWith(".")) visit(join(dirname(path), name));
      else packages.add(name);
    }
  };
  for (const file of files) visit(join(SOURCE, file));
  const folders = [...seen].map((path) => relative(SOURCE, path).split("/")[0] ?? "");
  return { packages: [...packages].toSorted(), folders: [...new Set(folders)].toSorted() };
}

function importsOf(text: string): readonly string[] {
  const statements = text.matchAll(/^(?:import|export)\s+(?!type\b)([^;]*?)\s*from\s+"([^"]+)"/gm);
  return [...statements].flatMap(([, names = "", from = ""]) => (onlyTypes(names) ? [] : [from]));
}

/** `{ type A, type B }`. */
function onlyTypes(names: string): boolean {
  const inside = /^\{([^}]*)\}$/.exec(names.trim())?.[1];
  const parts = inside?.split(",").filter((part) => part.trim() !== "") ?? [];
  return parts.length > 0 && parts.every((part) => /^\s*type\s/.test(part));
}
