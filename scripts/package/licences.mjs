/** What the licences of the bundled packages ask for: their names and texts go with the program. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/** One text for all. Throws when a package has neither a licence text nor says which one it is under. */
export function thirdPartyText(inputs) {
  const folders = new Set(inputs.flatMap((input) => FOLDER.exec(input)?.[1] ?? []));
  const parts = [...folders].map(describe).sort((a, b) => (a.title < b.title ? -1 : 1));
  const titles = parts.map(({ title }) => title).join("\n");
  return `This program contains:\n\n${titles}\n\n${parts.map(({ title, text }) => `${"-".repeat(78)}\n${title}\n\n${text.trim()}\n`).join("\n")}`;
}

function describe(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = readdirSync(folder).filter((file) => FILE.test(file) && existsSync(join(folder, file)));
  const text = files.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
  if (text === "" && typeof license !== "string") throw new Error(`${name} says nothing about its licence`);
  return { title: `${name} ${version} (${license})`, text: text === "" ? `Licence: ${license}` : text };
}
