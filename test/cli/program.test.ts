import assert from "node:assert/strict";
import { test } from "node:test";
import { CliExit, UsageError } from "../../src/cli/io.ts";
import { type RegisterCommand, runCli } from "../../src/cli/program.ts";
import { AgentError } from "../../src/cwmp/errors.ts";
import { FindingsError } from "../../src/cwmp/findings.ts";
import { capturedIo } from "../helpers/captured-io.ts";

/** A command that ends in this way. */
function ending(end: () => void): readonly RegisterCommand[] {
  return [(program) => void program.command("work").description("does it").action(end)];
}

async function outcome(args: readonly string[], end: () => void = () => {}) {
  const captured = capturedIo();
  const exitCode = await runCli(args, captured.io, ending(end));
  return { exitCode, stdout: captured.stdout(), stderr: captured.stderr() };
}

function failing(error: Error): () => void {
  return () => {
    throw error;
  };
}

test("a command that ends well gives 0 and says nothing of its own", async () => {
  assert.deepEqual(await outcome(["work"]), { exitCode: 0, stdout: "", stderr: "" });
});

test("what goes wrong at run time gives 1, one line and its code", async () => {
  const { exitCode, stderr } = await outcome(["work"], failing(new AgentError("LISTEN", "port 7547 is in use")));
  assert.equal(exitCode, 1);
  assert.equal(stderr, "error: port 7547 is in use [LISTEN]\n");
});

test("an error of our own making gives 1 and tells where it happened", async () => {
  const { exitCode, stderr } = await outcome(["work"], failing(new TypeError("no")));
  assert.equal(exitCode, 1);
  assert.match(stderr, /^error: no\n {4}at .*program\.test\.ts/);
});

test("settings that cannot be used give 2 and every finding on a line of its own", async () => {
  const findings = [
    { file: "config.yaml", line: 3, column: 7, code: "UNKNOWN_KEY", message: "unknown key" },
    { file: "config.yaml", line: 0, column: 0, code: "FILE_UNREADABLE", message: "cannot be used" },
  ];
  const { exitCode, stdout, stderr } = await outcome(["work"], failing(new FindingsError(findings)));
  assert.equal(exitCode, 2);
  assert.equal(stdout, "");
  assert.equal(stderr, "config.yaml:3:7: unknown key [UNKNOWN_KEY]\nconfig.yaml: cannot be used [FILE_UNREADABLE]\n");
});

test("an AgentError of the settings gives 2", async () => {
  assert.equal((await outcome(["work"], failing(new AgentError("CONFIG", "the key fits no certificate")))).exitCode, 2);
});

test("wrong usage gives 2, whoever finds it", async () => {
  for (const args of [["wrok"], ["work", "--fast"], ["work", "extra"], []]) {
    const { exitCode, stdout, stderr } = await outcome(args);
    assert.equal(exitCode, 2, args.join(" "));
    assert.equal(stdout, "");
    assert.notEqual(stderr, "");
  }
  const { exitCode, stderr } = await outcome(["work"], failing(new UsageError("no such path")));
  assert.deepEqual({ exitCode, stderr }, { exitCode: 2, stderr: "error: no such path\n" });
});

test("a command that was mistyped is guessed", async () => {
  assert.match((await outcome(["wrok"])).stderr, /unknown command 'wrok'\n\(Did you mean work\?\)/);
});

test("a command may end with a code of its choice, and nothing more is said", async () => {
  assert.deepEqual(await outcome(["work"], failing(new CliExit(1))), { exitCode: 1, stdout: "", stderr: "" });
});

test("help and version go to stdout and give 0", async () => {
  const help = await outcome(["--help"]);
  assert.equal(help.exitCode, 0);
  assert.match(help.stdout, /Exit codes: 0 .*, 1 .*, 2 /);
  assert.equal((await outcome(["work", "--help"])).exitCode, 0);
  const version = await outcome(["--version"]);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
  assert.equal(version.exitCode, 0);
});
