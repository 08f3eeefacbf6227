/** The names of tests and suites as they stand in the sources, without running anything. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { NUMBER } from "./requirements.mjs";

/** A call whose first argument starts with a number: `test`, `describe`, or a helper of the test file that makes tests of a table. */
const CALL = /\b\w+(?:\.\w+)?\(\s*(?:"(C-\d{3}(?:[^"\\]|\\.)*)"|`(C-\d{3}(?:[^`\\]|\\.)*)`)/g;

/** Requirement number → `{ file, name }` in order of files and lines. What is computed in a name is shown as `…`. */
export function namedTests(root) {
  const byId = new Map();
  for (const file of testSources(root)) {
    for (const [, plain, template] of readFileSync(join(root, file), "utf8").matchAll(CALL)) {
      const name = (plain ?? template.replaceAll(/\$\{[^}]*\}/g, "…")).replaceAll(/\\(.)/g, "$1");
      for (const id of new Set(name.match(NUMBER))) byId.set(id, [...(byId.get(id) ?? []), { file, name }]);
    }
  }
  return byId;
}

/** Contract tests stand in files that are no tests themselves; that of the backends is part of the program. */
const FOLDERS = ["src/backends/contract", "test"];

function testSources(root) {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
      .sort(),
  );
}
