import { fileURLToPath } from "node:url";

/** The data model that comes with the program: `datamodel/` beside `src/`, and beside `dist/` when installed. */
export function defaultDataModelFolder(): string {
  return fileURLToPath(new URL("../../datamodel", import.meta.url));
}

/** The same as JSON, in `dist/` of a built program: a start from YAML takes 1.5 times as long. */
export function defaultDataModelJson(): string {
  return fileURLToPath(new URL("../datamodel.json", import.meta.url));
}
