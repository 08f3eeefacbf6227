import assert from "node:assert/strict";
import test from "node:test";
import { checkRule, rulePaths, violatedRules } from "../../src/model/rules.ts";
import type { ModelRule } from "../../src/model/types.ts";

const ORDER: ModelRule = { kind: "order", low: "T.{i}.Min", high: "T.{i}.Max", unless: "-1" };
const NEEDS: ModelRule = { kind: "needs", when: "T.{i}.Enable", needs: "T.{i}.Target" };
const TOGETHER: ModelRule = { kind: "together", paths: ["T.{i}.On", "T.{i}.Off"] };

/** Checks one rule for row 2, where all of `values` were set by the call. */
function check(rule: ModelRule, values: Readonly<Record<string, string>>, touched = Object.keys(values)) {
  const isTouched = (path: string) => touched.includes(path);
  return checkRule(rule, [2], (path) => values[path] ?? "", isTouched);
}

test("C-129 the low end must not be above the high end, unless the high end means no limit", () => {
  assert.equal(check(ORDER, { "T.2.Min": "10", "T.2.Max": "10" }), null);
  assert.equal(check(ORDER, { "T.2.Min": "10", "T.2.Max": "-1" }), null);
  assert.deepEqual(check(ORDER, { "T.2.Min": "10", "T.2.Max": "9" }), {
    path: "T.2.Min",
    problem: "must not be above Max, unless that is -1",
  });
  assert.deepEqual(check(ORDER, { "T.2.Min": "10", "T.2.Max": "9" }, ["T.2.Max"]), {
    path: "T.2.Max",
    problem: "must not be below Min, unless it is -1",
  });
});

test("numbers are compared as numbers, not as text", () => {
  assert.equal(check(ORDER, { "T.2.Min": "9", "T.2.Max": "10" }), null);
  assert.equal(check(ORDER, { "T.2.Min": "9007199254740993", "T.2.Max": "9007199254740992" })?.path, "T.2.Min");
});

test("C-129 a switch needs its other setting only while it is on", () => {
  assert.equal(check(NEEDS, { "T.2.Enable": "false", "T.2.Target": "" }), null);
  assert.equal(check(NEEDS, { "T.2.Enable": "true", "T.2.Target": "100" }), null);
  assert.deepEqual(check(NEEDS, { "T.2.Enable": "true", "T.2.Target": "" }, ["T.2.Enable"]), {
    path: "T.2.Enable",
    problem: "cannot be true while Target is empty",
  });
  assert.deepEqual(check(NEEDS, { "T.2.Enable": "1", "T.2.Target": "" }, ["T.2.Target"]), {
    path: "T.2.Target",
    problem: "must not be empty while Enable is true",
  });
});

test("C-129 settings that go together are all set or all empty; the empty one of the call is blamed", () => {
  assert.equal(check(TOGETHER, { "T.2.On": "", "T.2.Off": "" }), null);
  assert.equal(check(TOGETHER, { "T.2.On": "*1", "T.2.Off": "*2" }), null);
  const problem = "must be set together with On, or all left empty";
  assert.deepEqual(check(TOGETHER, { "T.2.On": "*1", "T.2.Off": "" }), { path: "T.2.Off", problem });
  assert.equal(check(TOGETHER, { "T.2.On": "*1", "T.2.Off": "" }, ["T.2.On"])?.path, "T.2.On");
});

test("only rules about parameters of the call are looked at, each once for each row", () => {
  const values: Record<string, string> = { "T.1.Min": "5", "T.2.Min": "6", "T.2.Max": "1", "T.3.Min": "9" };
  const touched = [
    { template: "T.{i}.Min", path: "T.1.Min" },
    { template: "T.{i}.Min", path: "T.2.Min" },
    { template: "T.{i}.Max", path: "T.2.Max" },
  ];
  const problems = violatedRules({ rules: [ORDER, NEEDS, TOGETHER] }, touched, (path) => values[path] ?? "0");
  assert.deepEqual(
    problems.map(({ path }) => path),
    ["T.1.Min", "T.2.Min"],
  );
});

test("a rule tells the paths that it speaks of", () => {
  assert.deepEqual(rulePaths(ORDER), ["T.{i}.Min", "T.{i}.Max"]);
  assert.deepEqual(rulePaths(NEEDS), ["T.{i}.Enable", "T.{i}.Target"]);
  assert.deepEqual(rulePaths(TOGETHER), ["T.{i}.On", "T.{i}.Off"]);
});
