import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { defaultDataModelFolder, loadDataModel } from "../../src/config/load-data-model.ts";
import { FindingsError } from "../../src/cwmp/findings.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const GOOD = `in: Device.
standard: vendor
parameters:
  Note: { type: string, access: rw, agent: stored, description: "A note." }
`;

function mistakes(folder: string): FindingsError {
  try {
    loadDataModel(folder);
  } catch (error) {
    if (error instanceof FindingsError) return error;
    throw error;
  }
  throw new Error("the data model is good");
}

test("every *.yaml of the folder is read, other files and sub-folders are not", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "extensions"));
  await mkdir(join(folder, "folder.yaml"));
  await writeFile(join(folder, "good.yaml"), GOOD);
  await writeFile(join(folder, "README.md"), "not: [yaml");
  await writeFile(join(folder, "extensions", "bad.yaml"), "not: [yaml");
  assert.deepEqual(
    loadDataModel(folder).parameters.map(({ template }) => template),
    ["Device.Note"],
  );
});

test("a mistake names the file as a person can open it", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "bad.yaml");
  await writeFile(file, GOOD.replace("string", "strong"));
  assert.match(mistakes(folder).message, new RegExp(`^${file}:4:17: type must be one of .* \\[WRONG_VALUE\\]$`));
});

test("a folder that is missing or empty is one finding about the folder", async (t) => {
  const folder = await temporaryFolder(t);
  const found = [folder, join(folder, "missing")].map((path) => mistakes(path).findings);
  assert.deepEqual(
    found.map(([first, ...more]) => [first?.code, first?.line, more.length]),
    [
      ["EMPTY_FOLDER", 0, 0],
      ["UNREADABLE", 0, 0],
    ],
  );
});

test("the folder that comes with the program is found", () => {
  assert.ok(loadDataModel(defaultDataModelFolder()).parameters.length > 0);
});
