import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "./helpers/temporary-folder.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The names of the sample below must not count for the list themselves. */
const C = ["C", "00"].join("-");

function node(...args: readonly string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly all: string;
} {
  const { NODE_TEST_CONTEXT: _inherited, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8", env });
  return { status, stdout, all: stdout + stderr };
}

describe("npm run conformance", () => {
  test("docs/conformance.md is in step with the requirement list and the names of the tests", () => {
    const { status, all } = node("scripts/conformance.mjs", "--check");
    assert.equal(status, 0, all);
  });

  test("a test proves the numbers of its name and of the suites around it, if it ran and passed", async (t) => {
    const file = join(await temporaryFolder(t), "sample.test.mjs");
    await writeFile(
      file,
      `import { describe, test } from "node:test";
describe("${C}1 outer", () => {
  describe("inner", () => { test("${C}2 passes", () => {}); });
  test("fails", () => { throw new Error("no"); });
});
test("${C}3 is left out", { skip: true }, () => {});
test("${C}4 is to be done", { todo: true }, () => {});
`,
    );
    const { stdout } = node("--test", "--test-reporter=./scripts/conformance/reporter.mjs", file);
    const results = stdout
      .trim()
      .split("\n")
      .map((line): { path: string[]; outcome: string } => JSON.parse(line));
    assert.deepEqual(
      results.map(({ path, outcome }) => [path.join(" / "), outcome]),
      [
        [`${C}1 outer / inner / ${C}2 passes`, "passed"],
        [`${C}1 outer / fails`, "failed"],
        [`${C}3 is left out`, "skipped"],
        [`${C}4 is to be done`, "todo"],
      ],
    );
  });
});
