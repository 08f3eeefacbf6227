import { existsSync, readFileSync } from "node:fs";
import { compileSources } from "../model/compile-sources.ts";
import { type PlainNode, plainContents, plainSource } from "../model/plain-source.ts";
import type { ModelSource } from "../model/source.ts";
import type { DataModel } from "../model/types.ts";
import { defaultDataModelFolder, defaultDataModelJson } from "./data-model-folder.ts";
import { chosenExtensions, type ExtensionName, extensionFiles } from "./extensions.ts";
import type { Config } from "./load-config.ts";

/**
 * The data model of a folder, or the one that comes with the program (null), with the extensions that are asked for. The
 * program's own is read from `json` where a package holds that: then the YAML library is not even loaded.
 * Throws FindingsError as `loadDataModel` does.
 */
export async function openDataModel(
  folder: string | null,
  extensions: readonly ExtensionName[],
  json = defaultDataModelJson(),
): Promise<DataModel> {
  if (folder === null && existsSync(json)) {
    const files: Readonly<Record<string, PlainNode>> = JSON.parse(readFileSync(json, "utf8"));
    const wanted = new Set(extensions.flatMap(extensionFiles).map((file) => EXTENSIONS + file));
    const chosen = Object.entries(files).filter(([name]) => !name.startsWith(EXTENSIONS) || wanted.has(name));
    return compileSources(chosen.map(([name, contents]) => plainSource(name, contents)));
  }
  const { loadDataModel } = await import("./load-data-model.ts");
  return loadDataModel(folder ?? defaultDataModelFolder(), extensions);
}

/** The one that the settings choose. */
export function openChosenModel({
  dataModel,
  extensions,
}: Pick<Config, "dataModel" | "extensions">): Promise<DataModel> {
  return openDataModel(dataModel, chosenExtensions(extensions));
}

/** What `openDataModel` reads: the files by their name in the folder, those of the extensions with `extensions/`. */
export function dataModelJson(sources: readonly ModelSource[]): string {
  return JSON.stringify(Object.fromEntries(sources.map(({ name, contents }) => [name, plainContents(contents)])));
}

const EXTENSIONS = "extensions/";
