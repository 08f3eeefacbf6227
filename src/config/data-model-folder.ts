import { fileURLToPath } from "node:url";

/** The data model that comes with the program: `datamodel/` beside `src/`, and beside `dist/` when installed. */
export function defaultDataModelFolder(): string {
  return fileURLToPath(new URL("../../datamodel", import.meta.url));
}

/** The same as JSON, where a package was built: reading YAML costs a phone more than all the rest of its start. */
export function defaultDataModelJson(): string {
  return fileURLToPath(new URL("../../datamodel.json", import.meta.url));
}
