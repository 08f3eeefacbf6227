import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMANDS } from "../../src/cli/commands.ts";
import { createProgram } from "../../src/cli/program.ts";
import { capturedIo } from "../helpers/captured-io.ts";
import { runCommand } from "../helpers/commands.ts";

const NAMES = createProgram(capturedIo().io, COMMANDS).commands.map((command) => command.name());

for (const name of ["", ...NAMES]) {
  test(`the help of ${name || "the program"} fits a terminal, and a pipe is taken for one of 80 columns`, async () => {
    const args = [...(name === "" ? [] : [name]), "--help"];
    const piped = (await runCommand(args)).stdout;
    for (const columns of [80, 60]) {
      const { stdout } = await runCommand(args, {}, { columns, answer: "" });
      assert.deepEqual(
        stdout.split("\n").filter((line) => line.length > columns),
        [],
      );
      if (columns === 80) assert.equal(stdout, piped);
      assert.equal(stdout.includes("…") && !piped.includes("…"), false);
    }
  });
}
