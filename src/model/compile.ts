import { compileSources } from "./compile-sources.ts";
import type { DataModel } from "./types.ts";
import { parseYamlSource } from "./yaml-source.ts";

/** Makes a data model of the texts of `datamodel/*.yaml`. Throws FindingsError with every mistake of all files. */
export function compileDataModel(files: readonly { readonly file: string; readonly text: string }[]): DataModel {
  return compileSources(files.map(({ file, text }) => parseYamlSource(file, text)));
}
