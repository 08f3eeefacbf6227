import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { runProgram, startProgram } from "../helpers/program.ts";

const COMMANDS =
  "run status get set inform trace transfers autop reboot factory-reset demo acs params check-config".split(" ");

test("the process ends with 0 and help that names every command", async () => {
  const { exitCode, stdout, stderr } = await runProgram(["--help"]);
  assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" });
  for (const command of COMMANDS) {
    assert.match(stdout, new RegExp(`^ {2}${command}\\b.* \\S`, "m"));
  }
});

test("the process ends with 2 for bad settings, and says why on stderr", async () => {
  const { exitCode, stdout, stderr } = await runProgram(["check-config", "test/fixtures/config/wrong-values.yaml.txt"]);
  assert.deepEqual({ exitCode, stdout }, { exitCode: 2, stdout: "" });
  // What is only a warning depends on the machine.
  const mistakes = stderr
    .trimEnd()
    .split("\n")
    .filter((line) => !line.includes(": warning: "));
  assert.equal(mistakes.length, 18);
});

test("the process ends with 2 for wrong usage", async () => {
  assert.equal((await runProgram(["params", "Device.Nothing"])).exitCode, 2);
});

test("a reader that has seen enough ends the process quietly", async () => {
  const child = startProgram(["params", "--json", "--accounts", "16"]);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdout.once("data", () => child.stdout.destroy());
  const [exitCode] = (await once(child, "close")) as [number | null];
  assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" });
});

test("a settings file that the disk cannot read just now ends with 1, which a service manager tries again", async (t) => {
  // Reading its beginning is EIO.
  const file = "/proc/self/mem";
  if (!existsSync(file)) return t.skip("this system has no /proc/self/mem");
  for (const command of [
    ["check-config", file],
    ["run", "--config", file],
  ]) {
    const { exitCode, stderr } = await runProgram(command);
    assert.deepEqual([exitCode, /EIO/.test(stderr)], [1, true], stderr);
  }
});
