import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { BACKEND_CONTRACT } from "../../src/backends/contract/contract.ts";
import { brokenModule, writeModule } from "../backends/plugin/modules.ts";
import { runProgram } from "../helpers/program.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const TEMPLATE = fileURLToPath(new URL("../../examples/backend/my-phone.mjs", import.meta.url));
const REFUSES_A_BLANK = "a value with a space at its end";

/** Settings whose time limits no machine is too slow for. */
async function patient(t: TestContext): Promise<readonly string[]> {
  const config = join(await temporaryFolder(t), "patient.yaml");
  const limits = "callSeconds: 3600, longCallSeconds: 86400";
  await writeFile(config, `backend: { type: plug-in, module: ${JSON.stringify(TEMPLATE)}, ${limits} }\n`);
  return ["--config", config];
}

// The program as it is built: from sources each thread of a plug-in, of which a check starts forty, would load tsx.
test("the template keeps every promise", async (t) => {
  const { exitCode, stdout, stderr } = await runProgram(["check-backend", TEMPLATE, ...(await patient(t))]);
  const lines = stdout.trimEnd().split("\n");
  assert.equal(stderr, "");
  assert.equal(
    lines[0],
    "my-phone.mjs: the short form, settings kept by akuvox-cpe; 0 file types to install, 0 to upload",
  );
  assert.equal(lines.at(-1), `all ${BACKEND_CONTRACT.length} promises are kept`);
  assert.equal(lines.filter((line) => line.startsWith("✔ ")).length, BACKEND_CONTRACT.length);
  assert.equal(exitCode, 0);
});

test("a broken promise says what was expected, what was found and what to do, and gives 1", async (t) => {
  const module = await writeModule(t, brokenModule(""));
  const { exitCode, stdout } = await runProgram([
    "check-backend",
    module,
    ...(await patient(t)),
    "--only",
    REFUSES_A_BLANK,
  ]);
  assert.equal(
    stdout,
    [
      "my-phone.mjs: a whole backend; 1 file types to install, 1 to upload",
      "✘ refuses a value with a space at its end, with all that is staged beside it",
      "    expected: stage throws an error with the code BACKEND_REFUSED whose message begins with Config.Account1.GENERAL.Label",
      "    found:    it takes the change",
      "    to do:    check the whole change in stage and throw context.refuse with the key and why: a backend takes all of it or nothing",
      "1 of 1 promises are broken",
      "",
    ].join("\n"),
  );
  assert.equal(exitCode, 1);
});

/** What is wrong with a whole backend → the promise that finds it. */
const BREAKS: Readonly<Record<string, readonly [statements: string, promise: string, found: RegExp]>> = {
  "forgets a setting": [
    'backend.values.delete("Config.Account1.GENERAL.Label");',
    "has every setting",
    /found: {4}\["Config\.Account1\.GENERAL\.Label"\]/,
  ],
  "has other values than the factory's": [
    'backend.values.set("Config.Account1.GENERAL.Label", "x");',
    "starts with the factory",
    /\["Config\.Account1\.GENERAL\.Label"\]/,
  ],
  "answers what is not there": [
    "backend.read = async (keys) => new Map(keys.map((key) => [key, backend.values.get(key) ?? '']));",
    "leaves out",
    /"Config\.Own\.THING\.Item",""/,
  ],
  "writes what is only staged": [
    "const { stage } = backend; backend.stage = async (changes) => { const staged = await stage(changes); await staged.apply(); return staged; };",
    "discarded",
    /expected: read of Config\.Account1\.GENERAL\.Label: ""\n +found: {4}"hall"/,
  ],
  "reports what it has written": [
    "const { stage } = backend; backend.stage = async (changes) => { const staged = await stage(changes); return { ...staged, async apply() { backend.onChange([...changes].map(([key, after]) => ({ key, before: undefined, after }))); return staged.apply(); } }; };",
    "stage changes nothing",
    /settings that onChange has reported/,
  ],
  "knows of no restart": ["", "restart is needed", /found: {4}"applied"/],
  "forgets all without power": ["", "power cut", /expected: read of Config\.Account1\.GENERAL\.Label: "hall"/],
  "is not reset": ["", "a factory reset", /settings that differ/],
  throws: [
    "backend.reboot = async () => { throw new Error('no bus'); };",
    "outlive a reboot",
    /found: {4}plug-in my-phone\.mjs: reboot: no bus/,
  ],
};

for (const [what, [statements, promise, found]] of Object.entries(BREAKS)) {
  test(`a backend that ${what} breaks a promise`, async (t) => {
    const module = await writeModule(t, brokenModule(statements));
    const { exitCode, stdout } = await runProgram(["check-backend", module, ...(await patient(t)), "--only", promise]);
    assert.match(stdout, found);
    assert.equal(exitCode, 1);
  });
}

test("options come from the command line or from the settings, and reach the module", async (t) => {
  const module = await writeModule(
    t,
    "export function createBackend({ options }) { throw new Error('port ' + options.port); }",
  );
  const config = join(dirname(module), "config.yaml");
  const limits = "callSeconds: 3600, longCallSeconds: 86400";
  await writeFile(config, `backend: { type: plug-in, module: ./my-phone.mjs, ${limits}, options: { port: 4 } }\n`);
  for (const [args, port] of [
    [[module, ...(await patient(t)), "--options", '{ "port": 3 }'], 3],
    [["--config", config], 4],
    [["--config", config, "--options", '{ "port": 5 }'], 5],
  ] as const) {
    const { exitCode, stderr } = await runProgram(["check-backend", ...args]);
    const reason = `createBackend has failed: port ${port} (my-phone.mjs:1:52)`;
    assert.deepEqual([exitCode, stderr], [2, `error: the plug-in ${module} cannot be loaded: ${reason}\n`]);
  }
});

test("what cannot be checked gives 2, with what to do", async (t) => {
  const module = await writeModule(t, "export const nothing = 1;");
  for (const [args, message] of [
    [[], "name the module, such as ./my-phone.mjs, or settings with a plug-in (--config FILE)"],
    [["/nowhere/my-phone.mjs"], "/nowhere/my-phone.mjs cannot be used: there is no such file"],
    [[module, ...(await patient(t))], "it must export a function createBackend, and exports nothing"],
    [[module, "--options", "[1]"], "It must be a JSON object"],
    [[TEMPLATE, "--only", "moonshine"], "no promise has moonshine in it"],
  ] as const) {
    const { exitCode, stderr } = await runProgram(["check-backend", ...args]);
    assert.equal(exitCode, 2, stderr);
    assert.ok(stderr.includes(message), stderr);
  }
});
