/** The requirement list `conformance/requirements.yaml`, and the reasons for leaving out in `conformance/out-of-scope.yaml`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const LEVELS = ["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"];
export const NUMBER = /\bC-\d{3}\b/g;

/** In order: `{ id, level, clause, title, section: { number, title }, reason }`; `reason` is null for one in scope. */
export function readRequirements(root) {
  const { sections } = readYaml(join(root, "conformance", "requirements.yaml"));
  const outOfScope = readYaml(join(root, "conformance", "out-of-scope.yaml"));
  const requirements = sections.flatMap(({ number, title, requirements }) =>
    Object.entries(requirements).map(([id, rest]) => ({
      id,
      ...rest,
      section: { number, title },
      reason: outOfScope[id] ?? null,
    })),
  );
  check(requirements, outOfScope);
  return requirements;
}

export function isMust({ level }) {
  return level === "MUST" || level === "MUST NOT";
}

/** `[title with number, items]` for each section, in order. `requirementOf` says where an item has its requirement. */
export function bySection(items, requirementOf) {
  const sections = new Map();
  for (const item of items) {
    const { number, title } = requirementOf(item).section;
    const name = `${number} ${title}`;
    sections.set(name, [...(sections.get(name) ?? []), item]);
  }
  return [...sections];
}

function check(requirements, outOfScope) {
  const known = new Set(requirements.map(({ id }) => id));
  const problems = [
    ...requirements
      .filter(({ id }, at) => id !== numberAt(at))
      .map(({ id }) => `${id} is out of order, or another is missing`),
    ...requirements
      .filter(({ level }) => !LEVELS.includes(level))
      .map(({ id, level }) => `${id}: ${level} is no level`),
    ...requirements.filter(({ title, clause }) => !title || !clause).map(({ id }) => `${id} has no title or clause`),
    ...Object.keys(outOfScope)
      .filter((id) => !known.has(id))
      .map((id) => `out-of-scope.yaml: there is no ${id}`),
  ];
  if (problems.length > 0) throw new Error(`The requirement list is wrong:\n${problems.join("\n")}`);
}

function numberAt(index) {
  return `C-${String(index + 1).padStart(3, "0")}`;
}

function readYaml(file) {
  return parse(readFileSync(file, "utf8"));
}
