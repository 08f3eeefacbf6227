/**
 * Checks manifests against the schemas of Kubernetes, as kubernetes-models has them: `node scripts/kubernetes-schemas.mjs FILE…`.
 * Its validators know types, required fields, formats and allowed words; fields that do not exist are found by the compiler, as the
 * schemas themselves allow any. Exit code 1 with what is wrong.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const problems = [];
const manifests = process.argv.slice(2).flatMap((file) =>
  parseAllDocuments(readFileSync(file, "utf8")).map((document) => {
    for (const error of document.errors) problems.push(`${file}: ${error.message}`);
    return { file, value: document.toJS() };
  }),
);
for (const manifest of manifests) problems.push(...(await schemaProblems(manifest)));
if (problems.length === 0) problems.push(...unknownFields(manifests));
for (const problem of problems) console.error(problem);
if (manifests.length === 0) console.error("there is no manifest to check");
process.exitCode = problems.length > 0 || manifests.length === 0 ? 1 : 0;

async function schemaProblems({ file, value }) {
  const { apiVersion, kind } = value ?? {};
  const models = await import(`kubernetes-models/${apiVersion}`).catch(() => ({}));
  const Model = models[kind];
  if (Model === undefined) return [`${file}: there is no ${kind} in ${apiVersion}`];
  try {
    new Model(value).validate();
    return [];
  } catch (error) {
    return [`${file}: ${kind}: ${error.message}`];
  }
}

/** A literal of a type may have no other fields than the type. */
function unknownFields(all) {
  const folder = mkdtempSync(join(tmpdir(), "kubernetes-"));
  try {
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const texts = all.map(({ value }, at) => {
      const type = `import("kubernetes-models/${value.apiVersion}").I${value.kind}`;
      return `export const manifest${at}: ${type} = ${JSON.stringify(value, null, 1)};`;
    });
    writeFileSync(join(folder, "manifests.mts"), texts.join("\n"));
    const options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--types", ""];
    const tsc = join(ROOT, "node_modules/.bin/tsc");
    const { status, stdout } = spawnSync(tsc, [...options, "manifests.mts"], { cwd: folder, encoding: "utf8" });
    return status === 0 ? [] : [stdout];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
