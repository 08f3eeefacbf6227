/** `docs/conformance.md`, from the requirement list and the names of the tests alone. */
import { bySection } from "./requirements.mjs";

const HEAD = `# Conformance

Every requirement of our list for a CWMP device (\`conformance/requirements.yaml\`) and the tests that carry its number.
\`npm run conformance\` runs them and fails when one fails or when a MUST has none; it is part of every CI run. This page is
made by \`npm run conformance -- --write\`.
`;

export function documentOf(requirements, named) {
  const sections = bySection(requirements, (requirement) => requirement);
  const lines = [HEAD, "| section | proved | without a test | out of scope |", "|---|---|---|---|"];
  for (const section of sections) lines.push(countsOf(section, named));
  for (const section of sections) lines.push("", ...tableOf(section, named));
  return `${lines.join("\n")}\n`;
}

function countsOf([name, section], named) {
  const inScope = section.filter(({ reason }) => reason === null);
  const proved = inScope.filter(({ id }) => named.has(id)).length;
  return `| ${name} | ${proved} | ${inScope.length - proved} | ${section.length - inScope.length} |`;
}

function tableOf([name, section], named) {
  return [
    `## ${name}`,
    "",
    "| | level | clause | requirement | tests |",
    "|---|---|---|---|---|",
    ...section.map((requirement) => {
      const { id, level, clause, title, reason } = requirement;
      const proof = reason === null ? testsOf(named.get(id) ?? []) : `out of scope: ${reason}`;
      return `| ${[id, level, clause, title, proof].map(cell).join(" | ")} |`;
    }),
  ];
}

function testsOf(tests) {
  if (tests.length === 0) return "none";
  return tests
    .map(({ file, name }) => `[${file.slice("test/".length)}](../${file}): ${name.replace(/^(?:C-\d{3},? )+/, "")}`)
    .join("<br>");
}

function cell(text) {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("&lt;br>", "<br>");
}
