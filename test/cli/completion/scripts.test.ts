import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { runCli } from "../../../src/cli/program.ts";
import { capturedIo } from "../../helpers/captured-io.ts";

// On one Node only: the scripts are run by shells.

async function scriptOf(shell: string): Promise<string> {
  const captured = capturedIo();
  assert.equal(await runCli(["completion", shell], captured.io, COMMANDS), 0);
  return captured.stdout();
}

/** What bash offers where the last of the words is being typed. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const program = `${await scriptOf("bash")}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_akuvox_cpe
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", program, "bash", "akuvox-cpe", ...words], { encoding: "utf8" });
  assert.equal(stderr, "");
  return stdout.split("\n").filter((line) => line !== "");
}

test("bash completes commands, commands below them, and options of the command that is there", async () => {
  assert.deepEqual(await offered("st"), ["status"]);
  assert.deepEqual(await offered("check-"), ["check-config", "check-backend"]);
  assert.deepEqual(await offered("autop", ""), ["apply", "export", "help"]);
  assert.deepEqual(await offered("autop", "export", "--pass"), ["--passwords"]);
  assert.deepEqual(await offered("run", "--trace", "folder", "--ac"), ["--acs-url"]);
  assert.deepEqual(await offered("--ver"), ["--version"]);
});

test("bash is left to complete file names where no word of ours fits", async () => {
  assert.deepEqual(await offered("run", "--config", "config"), []);
  assert.deepEqual(await offered("check-config", ""), []);
  assert.deepEqual(await offered("nothing", "x"), []);
});

test("every command and option of the help can be completed", async () => {
  const captured = capturedIo();
  await runCli(["--help"], captured.io, COMMANDS);
  const [, list = ""] = captured.stdout().split(/Commands:|Start here:/);
  const commands = [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name = ""]) => name);
  assert.ok(commands.length > 15);
  const found = await offered("");
  for (const command of commands) assert.ok(found.includes(command), command);
});

const zsh = spawnSync("zsh", ["--version"]).status === 0;
test("zsh completes the same, with what each is for", { skip: zsh ? false : "zsh is not installed" }, async () => {
  const program = `_describe() { print -rl -- "\${(@P)2}"; }
_files() { print -r -- FILES; }
compdef() { print -r -- "compdef $*"; }
${await scriptOf("zsh")}
words=("$@"); CURRENT=$#words; PREFIX=$words[-1]
_akuvox_cpe`;
  const offers = (...words: readonly string[]): string => {
    const { stdout, stderr } = spawnSync("zsh", ["-f", "-c", program, "zsh", "akuvox-cpe", ...words], {
      encoding: "utf8",
    });
    assert.equal(stderr, "");
    return stdout;
  };
  assert.match(offers("st"), /^compdef _akuvox_cpe akuvox-cpe$/m);
  assert.match(offers("st"), /^status:.+$/m);
  assert.match(offers("autop", "export", "--"), /^--passwords:.+$/m);
  assert.match(offers("check-config", ""), /^FILES$/m);
});

test("another shell is wrong usage", async () => {
  const captured = capturedIo();
  assert.equal(await runCli(["completion", "fish"], captured.io, COMMANDS), 2);
  assert.match(captured.stderr(), /bash, zsh/);
});
