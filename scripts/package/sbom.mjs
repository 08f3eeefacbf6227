/** The contents of the package, as CycloneDX (npm's own `npm sbom`), cut down to what is really in the bundle. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";

/**
 * The document as text; the same packages give the same bytes, for which its number and time are made from the content.
 * `packages` are those of the bundle (see licences.mjs), `seconds` is the time that it shall say, since 1970.
 */
export function sbomText(root, { name, version }, packages, seconds) {
  const options = ["--package-lock-only", "--sbom-format=cyclonedx", "--sbom-type=application"];
  const document = JSON.parse(execFileSync("npm", ["sbom", ...options], { cwd: root, encoding: "utf8" }));
  const licences = new Map(packages.map((one) => [`${one.name}@${one.version}`, one.licence]));
  const all = new Map(document.components.map((component) => [component["bom-ref"], component]));
  const missing = [...licences.keys()].filter((ref) => !all.has(ref));
  if (missing.length > 0) throw new Error(`in the bundle, but not in package-lock.json: ${missing.join(", ")}`);
  const own = `${name}@${version}`;
  const kept = (ref) => ref === own || licences.has(ref);
  const components = [...licences].map(([ref, id]) => ({
    ...withoutDevelopment(all.get(ref)),
    // npm leaves out those that old packages give in a list.
    licenses: [id.includes(" ") ? { expression: id } : { license: { id } }],
  }));
  const dependencies = document.dependencies
    .filter(({ ref }) => kept(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(kept) }));
  const { serialNumber: _number, metadata, ...rest } = document;
  const { timestamp: _time, ...said } = metadata;
  const content = {
    ...rest,
    // npm takes the name of the folder that it stands in.
    metadata: { timestamp: isoTime(seconds), ...said, component: { ...said.component, name } },
    components,
    dependencies,
  };
  return `${JSON.stringify({ ...content, serialNumber: serialNumberOf(content) }, null, 2)}\n`;
}

/** For npm a bundled package is a development dependency: here it is a part of the program. */
function withoutDevelopment({ properties = [], ...component }) {
  const rest = properties.filter(({ name }) => name !== "cdx:npm:package:development");
  return { ...component, scope: "required", ...(rest.length > 0 ? { properties: rest } : {}) };
}

function isoTime(seconds) {
  return new Date(Number(seconds) * 1000).toISOString();
}

/** A UUID derived from the document's content (RFC 9562, version 8). */
function serialNumberOf(content) {
  const bytes = createHash("sha256").update(JSON.stringify(content)).digest().subarray(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x80;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return `urn:uuid:${bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")}`;
}
