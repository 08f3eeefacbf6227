import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { defaultDataModelFolder } from "../../src/config/data-model-folder.ts";
import { EXTENSION_NAMES, type ExtensionName } from "../../src/config/extensions.ts";
import { loadDataModel } from "../../src/config/load-data-model.ts";
import { dataModelJson, openDataModel } from "../../src/config/open-data-model.ts";
import type { DataModel } from "../../src/model/types.ts";
import { parseYamlSource } from "../../src/model/yaml-source.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const folder = defaultDataModelFolder();
const files = (below: string) =>
  readdirSync(join(folder, below))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => below + name);
const shipped = [...files(""), ...files("extensions/")].map((name) =>
  parseYamlSource(name, readFileSync(join(folder, name), "utf8")),
);

async function asJson(t: TestContext, text = dataModelJson(shipped)): Promise<string> {
  const json = join(await temporaryFolder(t), "datamodel.json");
  await writeFile(json, text);
  return json;
}

/** Functions are told apart by their text: the two ways make their own. */
function comparable(value: unknown): unknown {
  if (typeof value === "function") return String(value);
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null || value instanceof RegExp) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item)]));
}

const CHOICES: readonly (readonly ExtensionName[])[] = [[], ...EXTENSION_NAMES.map((name) => [name]), EXTENSION_NAMES];

for (const extensions of CHOICES) {
  test(`the data model as JSON is the one of the YAML files, with ${extensions.join(", ") || "no extension"}`, async (t) => {
    const model: DataModel = await openDataModel(null, extensions, await asJson(t));
    assert.deepEqual(comparable(model), comparable(loadDataModel(folder, extensions)));
  });
}

test("the JSON stands for the program's own data model: where it is there, it is what counts", async (t) => {
  const small = `in: Device.\nstandard: vendor\nparameters:\n  Note: { type: string, access: rw, agent: stored, description: "A note." }\n`;
  const json = await asJson(t, dataModelJson([parseYamlSource("small.yaml", small)]));
  const { parameters } = await openDataModel(null, [], json);
  assert.deepEqual(
    parameters.map(({ template }) => template),
    ["Device.Note"],
  );
});

test("a data model of one's own is read from its folder, and without the JSON the program's own is too", async (t) => {
  const json = await asJson(t, "{}");
  const own = await openDataModel(folder, [], json);
  const fallback = await openDataModel(null, [], join(await temporaryFolder(t), "missing.json"));
  assert.deepEqual(comparable(own), comparable(loadDataModel(folder)));
  assert.deepEqual(comparable(fallback), comparable(own));
});
