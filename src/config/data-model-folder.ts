import { fileURLToPath } from "node:url";

/** The data model that comes with the program: `datamodel/` beside `src/`, and beside `dist/` when installed. */
export function defaultDataModelFolder(): string {
  return fileURLToPath(new URL("../../datamodel", import.meta.url));
}

/** The same as JSON, in `dist/`, where the program was built: with YAML a start takes half as long again. */
export function defaultDataModelJson(): string {
  return fileURLToPath(new URL("../datamodel.json", import.meta.url));
}
