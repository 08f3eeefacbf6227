/** Evaluates a test run by requirement. */
import { isMust, NUMBER } from "./requirements.mjs";

/** One row per requirement in scope: `{ requirement, status, tests }`, status `proved`, `failed` or `unproved`. */
export function rowsOf(requirements, results) {
  const byId = new Map();
  for (const result of results) {
    for (const id of new Set(result.path.join(" ").match(NUMBER))) byId.set(id, [...(byId.get(id) ?? []), result]);
  }
  return requirements
    .filter(({ reason }) => reason === null)
    .map((requirement) => {
      const tests = byId.get(requirement.id) ?? [];
      return { requirement, status: statusOf(tests), tests };
    });
}

/** The form of `--json`. */
export function summaryOf(requirements, rows) {
  const withStatus = (wanted) =>
    rows.filter(({ status }) => status === wanted).map(({ requirement }) => requirement.id);
  return {
    proved: withStatus("proved").length,
    failed: withStatus("failed"),
    unproved: withStatus("unproved"),
    outOfScope: requirements.filter(({ reason }) => reason !== null).map(({ id }) => id),
  };
}

/** The reasons why the run fails, as sentences. */
export function problemsOf(rows, named) {
  const unnamed = rows.filter(({ requirement, status }) => status === "proved" && !named.has(requirement.id));
  return [
    ...rows
      .filter(({ requirement, status }) => status !== "proved" && isMust(requirement))
      .map(({ requirement: { id, level, title }, status }) => `${id} ${level} is ${status}: ${title}`),
    ...unnamed.map(
      ({ requirement: { id } }) => `${id} stands in no test's name as it is written: write the number out`,
    ),
  ];
}

/** A test that was left out proves nothing. */
function statusOf(tests) {
  if (tests.some(({ outcome }) => outcome === "failed")) return "failed";
  return tests.some(({ outcome }) => outcome === "passed") ? "proved" : "unproved";
}
