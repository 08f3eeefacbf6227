import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { loadConfig } from "../../src/config/load-config.ts";
import { redactConfig } from "../../src/config/redact.ts";
import { FindingsError, formatFinding } from "../../src/cwmp/findings.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

async function folderWith(t: TestContext, yaml: string): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = await temporaryFolder(t);
  const file = join(folder, "config.yaml");
  await writeFile(file, yaml);
  await writeFile(join(folder, "my-phone.mjs"), "");
  return { folder, file };
}

async function findings(
  t: TestContext,
  yaml: string,
  env: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const { folder, file } = await folderWith(t, yaml);
  try {
    loadConfig(file, env);
    return [];
  } catch (error) {
    if (!(error instanceof FindingsError)) throw error;
    return error.findings.map((finding) => formatFinding(finding).replaceAll(`${folder}/`, ""));
  }
}

const DEFAULTS = { type: "plug-in", file: null, callSeconds: 10, longCallSeconds: 300, options: {} };

test("a path in the place of the backend is a plug-in; it counts from the folder of the file", async (t) => {
  for (const yaml of ["backend: ./my-phone.mjs", "backend: my-phone.mjs", "backend: { type: ./my-phone.mjs }"]) {
    const { folder, file } = await folderWith(t, yaml);
    assert.deepEqual(loadConfig(file, {}).backend, { ...DEFAULTS, module: join(folder, "my-phone.mjs") }, yaml);
  }
});

test("a type in the place of the backend is a phone of that type", async (t) => {
  const { file } = await folderWith(t, "backend: simulated");
  assert.equal(loadConfig(file, {}).backend.type, "simulated");
});

test("the long form has limits and options, handed on as they are, variables put in", async (t) => {
  const yaml = `backend:
  type: plug-in
  module: ./my-phone.mjs
  file: phone.cfg
  callSeconds: 3
  options: { port: 3, lines: [a, "\${PIN}"], deep: { on: true } }`;
  const { folder, file } = await folderWith(t, yaml);
  const config = loadConfig(file, { PIN: "1234" });
  assert.deepEqual(config.backend, {
    ...DEFAULTS,
    module: join(folder, "my-phone.mjs"),
    file: join(folder, "phone.cfg"),
    callSeconds: 3,
    options: { port: 3, lines: ["a", "1234"], deep: { on: true } },
  });
  const { backend } = redactConfig(config) as { readonly backend: { readonly options: unknown } };
  const mask = "********";
  assert.deepEqual(backend.options, { port: 3, lines: [mask, mask], deep: { on: true } }, "texts may be secrets");
});

test("variables name a plug-in too, and win over the file; their paths count from the working folder", async (t) => {
  const { folder, file } = await folderWith(t, "backend: simulated");
  const path = join(folder, "my-phone.mjs");
  for (const env of [{ AKUVOX_CPE_BACKEND: path }, { AKUVOX_CPE_BACKEND: "plug-in", AKUVOX_CPE_PLUG_IN: path }])
    assert.deepEqual(loadConfig(file, env).backend, { ...DEFAULTS, module: path });
});

test("mistakes about a plug-in have their place", async (t) => {
  const missing = "backend.module cannot be used: there is no such file: nowhere.mjs [FILE_UNREADABLE]";
  assert.deepEqual(await findings(t, "\nbackend: ./nowhere.mjs"), [`config.yaml:2:10: ${missing}`]);
  assert.deepEqual(await findings(t, "backend: { type: plug-in, module: nowhere.mjs }"), [
    `config.yaml:1:35: ${missing}`,
  ]);
  assert.deepEqual(await findings(t, "backend: { type: plug-in }"), [
    "config.yaml:1:18: backend.type plug-in also needs backend.module, such as ./my-phone.mjs [INCOMPLETE]",
  ]);
  assert.deepEqual(await findings(t, "backend: phone"), [
    "config.yaml:1:10: backend must be a group of settings: keys below it, indented; or the path of a plug-in, such as ./my-phone.mjs, not a text [WRONG_VALUE]",
  ]);
  assert.deepEqual(await findings(t, "backend: { type: plug-in, module: my-phone.mjs, options: 5, callSeconds: 0 }"), [
    "config.yaml:1:58: backend.options must be a group of options of the module, not 5 [WRONG_VALUE]",
    "config.yaml:1:74: backend.callSeconds must be a whole number from 1 to 3600 (seconds), not 0 [WRONG_VALUE]",
  ]);
  assert.deepEqual(await findings(t, "backend: { type: simulated, callSeconds: 3 }"), [
    "config.yaml:1:29: backend.callSeconds belongs to the backend type plug-in, not simulated [UNKNOWN_KEY]",
  ]);
});

test("an option that JavaScript would lose is a mistake", async (t) => {
  const found = await findings(
    t,
    "backend: { type: plug-in, module: ./my-phone.mjs, options: { __proto__: 1, a: 2 } }\n",
  );
  assert.deepEqual(found, ["config.yaml:1:62: a plug-in cannot have an option of the name __proto__ [UNKNOWN_KEY]"]);
});
