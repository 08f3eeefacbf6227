import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { temporaryFolder } from "./helpers/temporary-folder.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PASSES = `import { test } from "node:test";\ntest("passes", () => {});\n`;
const ALONE = `${PASSES}\n// A process of its own: because.\n`;

/** What scripts/test-groups.mjs makes of the files, with two processes at once: paths, or for a group what it imports. */
async function groups(t: TestContext, files: Readonly<Record<string, string>>) {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "test"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, "test", name), text);
  const script = `
    const { fileOfGroup, groupsOf } = await import(${JSON.stringify(pathToFileURL(join(ROOT, "scripts/test-groups.mjs")))});
    const groups = groupsOf(${JSON.stringify(folder)}, ${JSON.stringify(Object.keys(files).map((name) => `test/${name}`))}, 2);
    const paths = groups.map((group, index) => fileOfGroup(${JSON.stringify(folder)}, ${JSON.stringify(folder)}, group, index));
    console.log(JSON.stringify({ groups, paths }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  assert.equal(stderr, "");
  return { folder, ...(JSON.parse(stdout) as { groups: string[][]; paths: string[] }) };
}

/** The report of scripts/test-report.mjs. */
function report(paths: readonly string[], limits: Readonly<Record<string, string>> = {}) {
  const { NODE_TEST_CONTEXT: _inherited, ...env } = process.env;
  const reporters = [
    ...[`--test-reporter=${join(ROOT, "scripts/test-report.mjs")}`, "--test-reporter-destination=stdout"],
    ...["--test-reporter=tap", "--test-reporter-destination=stderr"],
  ];
  const options = { cwd: ROOT, encoding: "utf8", env: { ...env, ...limits } } as const;
  const { stdout, stderr } = spawnSync(process.execPath, ["--test", ...reporters, ...paths], options);
  return { ...(JSON.parse(stdout) as Record<"broken" | "withTests", string[]> & { tests: number }), text: stderr };
}

const many = (count: number, text: string): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${String(at).padStart(3, "0")}.test.mjs`, text]));

test("every file is in one group, and one that needs a process of its own is alone in it", async (t) => {
  const files = { ...many(120, PASSES), "alone.test.mjs": ALONE, "also-alone.test.mjs": ALONE };
  const { groups: found, folder, paths } = await groups(t, files);
  assert.deepEqual(
    found.flat(),
    Object.keys(files).map((name) => `test/${name}`),
  );
  assert.deepEqual(
    found.map(({ length }) => length),
    [24, 24, 24, 24, 24, 1, 1],
  );
  assert.deepEqual(found.slice(-2), [["test/alone.test.mjs"], ["test/also-alone.test.mjs"]]);
  for (const [index, path] of paths.entries()) {
    const imported = [...(await readFile(path, "utf8")).matchAll(/"(file:.*)"/g)].map(([, url]) => url);
    const limit = pathToFileURL(join(ROOT, "scripts/test-limit.mjs")).href;
    assert.deepEqual(imported, [limit, ...(found[index] ?? []).map((file) => pathToFileURL(join(folder, file)).href)]);
  }
});

test("few files make small groups, so that every processor has some", async (t) => {
  assert.deepEqual(
    (await groups(t, many(9, PASSES))).groups.map(({ length }) => length),
    [2, 2, 2, 2, 1],
  );
  assert.equal((await groups(t, many(3, PASSES))).groups.length, 3);
});

test("of a group it is told which files the tests stand in", async (t) => {
  const files = { ...many(8, PASSES), "f001.test.mjs": "export {};\n" };
  const { folder, paths } = await groups(t, files);
  const { tests, withTests, broken } = report(paths);
  const expected = Object.keys(files).filter((name) => name !== "f001.test.mjs");
  assert.deepEqual(
    withTests.sort(),
    expected.map((name) => join(folder, "test", name)),
  );
  assert.deepEqual([tests, broken], [7, []]);
});

test("a group that does not come to its end is told, and what has run before it", async (t) => {
  const exits = `import { test } from "node:test";\ntest("exits", () => process.exit(3));\n`;
  const { folder, paths } = await groups(t, { ...many(8, PASSES), "f001.test.mjs": exits });
  const { tests, broken, withTests } = report(paths);
  assert.deepEqual(broken, [paths[0]]);
  assert.ok(!withTests.includes(join(folder, "test/f001.test.mjs")));
  assert.ok(tests >= 6);
});

test("a test that hangs is cut off and named", async (t) => {
  const hangs = `import { describe, test } from "node:test";
test("short", () => {});
describe("a suite", () => { test("hangs", () => new Promise((resolve) => setTimeout(resolve, 600_000))); });\n`;
  const { paths } = await groups(t, {
    ...many(1, PASSES),
    "hangs.test.mjs": `${hangs}// A process of its own: it hangs.\n`,
  });
  const { broken, tests, text } = report(paths, { TEST_LIMIT_MS: "5000" });
  assert.deepEqual(broken, [paths[1]]);
  assert.equal(tests, 2);
  assert.match(text, /npm test: cut off: for 5 s no test has begun or ended; running: "hangs"/);
});

test("the limit is for one test: it begins anew whenever one begins or ends", async (t) => {
  const counted = `import assert from "node:assert/strict";
import { after, test } from "node:test";
let begun = 0;
const { setTimeout } = globalThis;
globalThis.setTimeout = (run, ms, ...more) => {
  if (ms === 600_000) begun++;
  return setTimeout(run, ms, ...more);
};
for (const name of ["a", "b", "c"]) test(name, () => {});
after(() => assert.equal(begun, 6));\n`;
  const { paths } = await groups(t, { "counted.test.mjs": counted });
  const { broken, tests } = report(paths, { TEST_LIMIT_MS: "600000" });
  assert.deepEqual([broken, tests], [[], 3]);
});

test("a file that is for one Node only is left out with OTHER_NODE=1", () => {
  const { NODE_TEST_CONTEXT: _inherited, ...env } = process.env;
  const { status, stderr } = spawnSync(process.execPath, ["scripts/test.mjs", "agent/failing-disk"], {
    ...{ cwd: ROOT, encoding: "utf8" },
    env: { ...env, OTHER_NODE: "1" },
  });
  assert.equal(status, 1);
  assert.match(stderr, /^npm test: no test file has agent\/failing-disk in its path/);
});
