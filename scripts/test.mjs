/**
 * Runs the tests: `npm test`, or `npm test -- storage soap/` for the files whose path holds one of these texts. Arguments
 * that start with `--` go to node, such as `--test-name-pattern=C-217`.
 *
 * Files below test/real/ need servers and root (.ci/real): they are left out unless the environment says REAL=1. With OTHER_NODE=1
 * those are left out that say that they are for one Node only.
 *
 * The files are listed here because node 20 takes no patterns, and a run that finds nothing must not pass for a good one.
 * Some of them share a process: see test-groups.mjs. In CI (CI set) a test that is left out is a failure.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { writeProgram } from "./package/program.mjs";
import { fileOfGroup, groupsOf, isForOneNode } from "./test-groups.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
/** For a process of tests that not even its own limit (test-limit.mjs) can end, such as a loop. */
const PROCESS_LIMIT_MS = 7_200_000;
/** More processes at once do not end sooner: they wait for the processor. */
const MAX_AT_ONCE = 8;

/** Node reads TypeScript itself from 22.18 on, which is faster; before that it needs tsx. */
const TYPESCRIPT = process.features.typescript ? ["--disable-warning=ExperimentalWarning"] : ["--import", "tsx"];

const args = process.argv.slice(2);
const texts = args.filter((arg) => !arg.startsWith("--"));
const REAL_FOLDER = join("test", "real");
const isReal = (file) => file.startsWith(REAL_FOLDER);
const withReal = process.env.REAL === "1";
const everyFile = testFiles();
const isForOther = (file) => process.env.OTHER_NODE === "1" && isForOneNode(ROOT, file);
const files = everyFile
  .filter((file) => withReal || !isReal(file))
  .filter((file) => !isForOther(file))
  .filter((file) => texts.length === 0 || texts.some((text) => file.includes(text)));
/** Then a file may well come to no test. */
const someTestsOnly = args.some((arg) => /^--test-(?:name-pattern|skip-pattern|only)\b/.test(arg));
// One more than processors: tests wait for files and processes.
const atOnce = Math.min(MAX_AT_ONCE, availableParallelism() + 1);
const folder = mkdtempSync(join(tmpdir(), "akuvox-cpe-test-"));
try {
  process.exitCode = await runAndReport(join(folder, "report.json"));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The exit status. */
async function runAndReport(reportFile) {
  if (files.length === 0)
    return refuse(`no test file${texts.length > 0 ? ` has ${texts.join(" or ")} in its path` : ""}${realHint()}`);
  const real = withReal || texts.length > 0 ? 0 : everyFile.filter(isReal).length;
  if (real > 0) console.log(`left out: ${real} files of test/real, which need servers and root: .ci/real runs them`);
  const forOthers = everyFile.filter(isForOther);
  if (forOthers.length > 0) console.log(`left out, as they are for one Node only: ${forOthers.join(", ")}`);
  // Files of test/real use the same servers and addresses: each in a process of its own, as its clean-up expects.
  const groups = withReal ? files.map((file) => [file]) : groupsOf(ROOT, files, atOnce);
  const paths = groups.map((group, index) => fileOfGroup(ROOT, folder, group, index));
  const code = await run(paths, reportFile, await program());
  const report = existsSync(reportFile) ? readFileSync(reportFile, "utf8") : "";
  if (report === "") return refuse("the run was cut short");
  const { tests, broken, leftOut, ...rest } = JSON.parse(report);
  reportLeftOut(leftOut);
  const cutOff = broken.map((path) => groups[paths.indexOf(path)] ?? [path]);
  for (const group of cutOff) refuse(`cut off, so that tests of these may be missing above: ${group.join(", ")}`);
  const empty = someTestsOnly ? [] : filesWithoutTests(groups, paths, rest, broken);
  for (const file of empty) refuse(`${file} holds no test`);
  if (tests === 0) return refuse("no test was run");
  const missing = process.env.CI && !someTestsOnly && leftOut.length > 0;
  if (missing) refuse("in CI no test may be left out");
  return empty.length > 0 || missing ? 1 : code;
}

/**
 * For a file with its own process, node reports a file without tests; in a group, a file without results counts as
 * such. The content of a group that was cut off is unknown.
 */
function filesWithoutTests(groups, paths, { withoutTests, withTests }, broken) {
  const whole = groups.filter((_group, at) => !broken.includes(paths[at]));
  return whole.flatMap((group) =>
    group.length === 1
      ? group.filter(() => withoutTests.includes(paths[groups.indexOf(group)]))
      : group.filter((file) => !withTests.includes(join(ROOT, file))),
  );
}

/** Relative to the repository, sorted. */
function testFiles() {
  return readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join("test", name))
    .sort();
}

/**
 * Its main file, for the tests that run the program as a process: from the sources each of some hundred starts would cost a second
 * and more. A test file that is run by hand uses the sources.
 */
async function program() {
  const home = join(folder, "program");
  await writeProgram(ROOT, home);
  for (const name of ["datamodel", "package.json"]) symlinkSync(join(ROOT, name), join(home, name));
  return join(home, "dist", "cli", "main.js");
}

/** The exit status of node. With the node that runs this script, whichever is first in the PATH. */
function run(paths, reportFile, programFile) {
  const options = [
    ...[...TYPESCRIPT, "--test", `--test-timeout=${PROCESS_LIMIT_MS}`],
    `--test-concurrency=${atOnce}`,
    ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
    ...["--test-reporter=./scripts/test-report.mjs", `--test-reporter-destination=${reportFile}`],
    ...args.filter((arg) => arg.startsWith("--")),
  ];
  // From 22.1 on node keeps here what it has compiled: each file is read by many processes.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, "compiled"), TEST_PROGRAM: programFile };
  const child = spawn(process.execPath, [...options, ...paths], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
    env,
  });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

function realHint() {
  return withReal ? "" : "; those of test/real are run with REAL=1";
}

function reportLeftOut(leftOut) {
  for (const { reason, count, files } of leftOut) {
    const where = files.map((file) => relative(ROOT, file)).join(", ");
    console.log(`left out: ${count} ${count === 1 ? "test" : "tests"} of ${where}: ${reason}`);
  }
}

function refuse(message) {
  console.error(`npm test: ${message}`);
  return 1;
}
