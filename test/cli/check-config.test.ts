import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { registerCheckConfig } from "../../src/cli/commands/check-config.ts";
import { runCli } from "../../src/cli/program.ts";
import { leafRows } from "../../src/config/option-table.ts";
import { capturedIo } from "../helpers/captured-io.ts";

const EXAMPLE = fileURLToPath(new URL("../../config.example.yaml", import.meta.url));
const BAD = fileURLToPath(new URL("../fixtures/config/unknown-keys.yaml.txt", import.meta.url));

async function checkConfig(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const captured = capturedIo(env);
  const exitCode = await runCli(["check-config", ...args], captured.io, [registerCheckConfig]);
  return { exitCode, stdout: captured.stdout(), stderr: captured.stderr() };
}

test("a file without mistakes gives 0", async () => {
  assert.deepEqual(await checkConfig([EXAMPLE]), { exitCode: 0, stdout: `${EXAMPLE}: no mistakes\n`, stderr: "" });
});

test("a file with mistakes gives 2, and all of them on stderr as file:line:column", async () => {
  const { exitCode, stdout, stderr } = await checkConfig([BAD]);
  assert.equal(exitCode, 2);
  assert.equal(stdout, "");
  const lines = stderr.trimEnd().split("\n");
  assert.equal(lines.length, 6);
  assert.equal(lines[0], `${BAD}:2:3: unknown key "enabel"; did you mean enable? [UNKNOWN_KEY]`);
});

test("without a file, the one that the environment names is checked", async () => {
  assert.equal((await checkConfig([], { AKUVOX_CPE_CONFIG: BAD })).exitCode, 2);
  assert.equal((await checkConfig([], { AKUVOX_CPE_CONFIG: EXAMPLE })).exitCode, 0);
  assert.equal((await checkConfig([])).stdout, "the environment: no mistakes\n");
});

test("--print shows the settings in force with masked passwords", async () => {
  const env = { AKUVOX_CPE_ACS_PASSWORD: "hunter2", AKUVOX_CPE_LISTEN_PORT: "0" };
  const { stdout } = await checkConfig(["--print"], env);
  assert.match(stdout, /^ {4}password: "\*{8}"$/m);
  assert.match(stdout, /^ {2}port: 0$/m);
  assert.doesNotMatch(stdout, /hunter2/);
});

test("--variables lists every variable with its option", async () => {
  const { stdout } = await checkConfig(["--variables"]);
  for (const { environment, path } of leafRows()) {
    if (environment !== null) assert.match(stdout, new RegExp(`^${environment} +${path} `, "m"));
  }
});

test("--schema prints JSON", async () => {
  const { stdout } = await checkConfig(["--schema"]);
  assert.equal(typeof JSON.parse(stdout), "object");
});
