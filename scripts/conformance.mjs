/**
 * `npm run conformance`: runs the tests and shows, for each requirement in scope, the tests that prove it.
 *
 * `--json`: a summary on stdout, and nothing else there. The exit status is 1 where a test failed, or where a MUST has none.
 *
 * Two forms run nothing: `--write` makes docs/conformance.md from the requirement list and the names of the tests, `--check`
 * says whether it is in step with them.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { documentOf } from "./conformance/document.mjs";
import { bySection, readRequirements } from "./conformance/requirements.mjs";
import { namedTests } from "./conformance/test-names.mjs";
import { problemsOf, rowsOf, summaryOf } from "./conformance/verdict.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const DOCUMENT = join(ROOT, "docs", "conformance.md");
const MARKS = { proved: "pass", failed: "FAIL", unproved: "none" };
const flag = { type: "boolean", default: false };

const { values: wanted } = parseArgs({ options: { json: flag, write: flag, check: flag } });
const requirements = readRequirements(ROOT);
const named = namedTests(ROOT);
if (wanted.write) writeFileSync(DOCUMENT, documentOf(requirements, named));
else process.exitCode = wanted.check ? check() : await prove();

function check() {
  const found = existsSync(DOCUMENT) ? readFileSync(DOCUMENT, "utf8") : "";
  if (found === documentOf(requirements, named)) return 0;
  console.error("docs/conformance.md is out of step: npm run conformance -- --write");
  return 1;
}

async function prove() {
  const { code, results, envelopes } = await runTests();
  const rows = rowsOf(requirements, results);
  const problems = problemsOf(rows, named);
  const summary = summaryOf(requirements, rows);
  if (wanted.json) console.log(JSON.stringify(summary));
  else print(rows, summary, envelopes);
  for (const problem of problems) console.error(`conformance: ${problem}`);
  return code !== 0 || problems.length > 0 ? 1 : 0;
}

/** The whole run, as `npm test` does it; with `--json` its output goes to stderr. */
async function runTests() {
  const folder = mkdtempSync(join(tmpdir(), "akuvox-cpe-conformance-"));
  try {
    const report = join(folder, "results.jsonl");
    const reporter = ["--test-reporter=./scripts/conformance/reporter.mjs", `--test-reporter-destination=${report}`];
    const child = spawn(process.execPath, [join(ROOT, "scripts", "test.mjs"), ...reporter], {
      cwd: ROOT,
      stdio: ["ignore", wanted.json ? 2 : "inherit", "inherit"],
      env: { ...process.env, ENVELOPE_REPORT_FOLDER: folder },
    });
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
    const code = await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status) => resolve(status ?? 1));
    });
    return { code, results: linesOf(report).map((line) => JSON.parse(line)), envelopes: distinctEnvelopes(folder) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each process of tests has left the hashes of the envelopes that it has validated. */
function distinctEnvelopes(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith(".hashes"));
  return new Set(files.flatMap((name) => linesOf(join(folder, name)))).size;
}

function linesOf(file) {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
}

function print(rows, { proved, failed, unproved, outOfScope }, envelopes) {
  for (const section of bySection(rows, ({ requirement }) => requirement)) printSection(section);
  console.log(`\n${envelopes} distinct envelopes of the CPE are valid by the official schemas`);
  console.log(
    `${proved} requirements proved, ${failed.length} failed, ${unproved.length} without a test, ${outOfScope.length} out of scope`,
  );
}

function printSection([title, rows]) {
  const proved = rows.filter(({ status }) => status === "proved").length;
  console.log(`\n${title}: ${proved} of ${rows.length}`);
  for (const { requirement, status, tests } of rows) {
    console.log(`  ${MARKS[status]}  ${requirement.id}  ${requirement.level.padEnd(10)}  ${requirement.title}`);
    for (const { file, path, outcome } of tests) {
      console.log(`          ${outcome === "passed" ? "" : `${outcome}: `}${file}: ${path.at(-1)}`);
    }
  }
}
