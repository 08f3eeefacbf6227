import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as published from "../../src/backends/published.ts";
import { sourceImports } from "../helpers/source-imports.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

test("akuvox-cpe/backend is found by its name, from the sources", () => {
  const script =
    'import { BACKEND_CONTRACT, CONTRACT_VERSION } from "akuvox-cpe/backend"; console.log(CONTRACT_VERSION, BACKEND_CONTRACT.length);';
  const args = ["--conditions=akuvox-cpe-source", "--import", "tsx", "--input-type=module", "-e", script];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" });
  assert.equal(stdout, `${published.CONTRACT_VERSION} ${published.BACKEND_CONTRACT.length}\n`, stderr);
});

test("the package exports what the build makes of those sources", () => {
  const { exports } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const inDist = exports["./backend"]["akuvox-cpe-source"].replace("./src/", "./dist/");
  assert.equal(exports["./backend"].default, inDist.replace(/\.ts$/, ".js"));
  assert.equal(exports["./backend"].types, inDist.replace(/\.ts$/, ".d.ts"));
});

test("who imports the contract loads no library", () => {
  assert.deepEqual(sourceImports(["backends/published.ts"]).packages, ["node:util"]);
});

test("the template is type-checked against the contract", () => {
  const compiler = fileURLToPath(import.meta.resolve("typescript/package.json")).replace("package.json", "bin/tsc");
  const { stdout, status } = spawnSync(process.execPath, [compiler, "-p", "examples"], { cwd: ROOT, encoding: "utf8" });
  assert.equal(status, 0, stdout);
});
