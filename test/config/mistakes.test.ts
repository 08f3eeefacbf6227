import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../../src/config/load-config.ts";
import { FindingsError } from "../../src/cwmp/findings.ts";

const FOLDER = fileURLToPath(new URL("../fixtures/config/", import.meta.url));
const ENV = { PADDED: " hunter2 ", WORD: "hunter2" };

/** A fixture says itself what must be found: `# expect <line>:<column> <code> <message>`. */
function expectations(text: string): string[] {
  return [...text.matchAll(/^# expect (.*)$/gm)].map(([, line = ""]) => line.replace("<here>", FOLDER.slice(0, -1)));
}

function findingsOf(file: string): FindingsError {
  try {
    loadConfig(file, ENV);
  } catch (error) {
    if (error instanceof FindingsError) return error;
    throw error;
  }
  throw new assert.AssertionError({ message: `${file} passes` });
}

const FIXTURES = readdirSync(FOLDER).filter((name) => name.endsWith(".yaml.txt"));

for (const name of FIXTURES) {
  test(`every mistake in ${name} is found in one go, with line and column`, () => {
    const file = `${FOLDER}${name}`;
    const expected = expectations(readFileSync(file, "utf8"));
    const { findings } = findingsOf(file);
    const found = findings.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`);
    assert.ok(expected.length > 0);
    assert.deepEqual(found, expected);
    assert.ok(findings.every((finding) => finding.file === file));
  });
}

test("no finding shows a secret, even where one stands in the wrong place", () => {
  for (const name of FIXTURES) {
    assert.doesNotMatch(findingsOf(`${FOLDER}${name}`).message, /hunter2|letmein|pa\$\{ss|two\n/);
  }
});

test("a settings file that is not there is one finding about the file as a whole", () => {
  const { findings } = findingsOf(`${FOLDER}nowhere.yaml`);
  assert.deepEqual(
    findings.map(({ line, code, message }) => ({ line, code, message })),
    [{ line: 0, code: "FILE_UNREADABLE", message: "the settings file cannot be used: there is no such file" }],
  );
});
