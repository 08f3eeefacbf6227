/** Fulfils the licences of the bundled packages: their names and texts are shipped with the program. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/** Those that allow what we do: hand the program on, with the text of the licence. Another one needs a look by a person. */
const ALLOWED = new Set(["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "ISC", "MIT", "Zlib"]);

/** `{ folder, name, version, licence }` of each package that files among `inputs` come from, by name. */
export function packagesOf(inputs) {
  const folders = new Set(inputs.flatMap((input) => FOLDER.exec(input)?.[1] ?? []));
  return [...folders].map(readPackage).sort((a, b) => (titleOf(a) < titleOf(b) ? -1 : 1));
}

/** One text for all. Throws where a package has no licence text, or a licence that we do not know. */
export function thirdPartyText(packages) {
  const parts = packages.map((one) => ({ title: titleOf(one), text: textOf(one) }));
  const titles = parts.map(({ title }) => title).join("\n");
  return `This program contains:\n\n${titles}\n\n${parts.map(({ title, text }) => `${"-".repeat(78)}\n${title}\n\n${text.trim()}\n`).join("\n")}`;
}

function readPackage(folder) {
  const { name, version, license, licenses } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return { folder, name, version, licence: licenceOf(license, licenses) };
}

/** Old packages have a list of `{ type, url }` or one such object. */
function licenceOf(license, licenses) {
  const said = license ?? licenses?.map((one) => one.type ?? one).join(" OR ");
  const text = typeof said === "object" ? said.type : said;
  return text?.replace(/^\((.*)\)$/, "$1");
}

function titleOf({ name, version, licence }) {
  return `${name} ${version} (${licence})`;
}

/** All that are joined by AND must be kept. */
function isAllowed(licence) {
  return licence.split(" AND ").every((one) => ALLOWED.has(one));
}

function textOf({ folder, name, licence }) {
  if (!isAllowed(licence)) throw new Error(`${name} is under the licence ${licence}: may it be handed on?`);
  const files = readdirSync(folder).filter((file) => FILE.test(file) && existsSync(join(folder, file)));
  const text = files.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
  return text === "" ? `Licence: ${licence}` : text;
}
