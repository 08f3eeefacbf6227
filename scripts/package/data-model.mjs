/**
 * The data model as JSON, which a start reads without the YAML library. It is checked here, so that it needs no checking of its
 * syntax later.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { register } from "tsx/esm/api";

export async function dataModelText(root) {
  const unregister = register();
  const at = (path) => pathToFileURL(join(root, "src", path)).href;
  const { parseYamlSource } = await import(at("model/yaml-source.ts"));
  const { compileSources } = await import(at("model/compile-sources.ts"));
  const { dataModelJson } = await import(at("config/open-data-model.ts"));
  const folder = join(root, "datamodel");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".yaml"));
  const sources = names.sort().map((file) => parseYamlSource(file, readFileSync(join(folder, file), "utf8")));
  compileSources(sources);
  await unregister();
  return dataModelJson(sources);
}
