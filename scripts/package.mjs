/**
 * Makes the firmware package: `npm run package [-- FOLDER]` writes FOLDER/akuvox-cpe-<version>.tar.gz (default: the
 * repository) and its checksum beside it, for `sha256sum --check`. The same sources and packages give the same bytes. Needs npm,
 * tar (GNU) and gzip.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { packagesOf, thirdPartyText } from "./package/licences.mjs";
import { writeProgram } from "./package/program.mjs";
import { sbomText } from "./package/sbom.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const { name: programName, version, description } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
/** The build time in the package: by default none, so that builds of different days are identical. */
const SECONDS = process.env.SOURCE_DATE_EPOCH ?? "0";
const destination = resolve(process.argv[2] ?? ROOT);
const work = mkdtempSync(join(tmpdir(), "akuvox-cpe-package-"));
try {
  const name = `${programName}-${version}`;
  await fill(join(work, name));
  const archive = join(destination, `${name}.tar.gz`);
  mkdirSync(destination, { recursive: true });
  pack(name, archive);
  const checksum = createHash("sha256").update(readFileSync(archive)).digest("hex");
  writeFileSync(`${archive}.sha256`, `${checksum}  ${basename(archive)}\n`);
  console.log(`${archive}: ${statSync(archive).size} bytes`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function fill(folder) {
  const { inputs } = await writeProgram(ROOT, join(folder, "app"));
  mkdirSync(join(folder, "app", "bin"));
  cpSync(join(ROOT, "packaging", "akuvox-cpe"), join(folder, "app", "bin", "akuvox-cpe"));
  cpSync(join(ROOT, "datamodel"), join(folder, "app", "datamodel"), { recursive: true });
  writeFileSync(
    join(folder, "app", "package.json"),
    `${JSON.stringify({ name: programName, version, description })}\n`,
  );
  for (const file of [
    "install.sh",
    "uninstall.sh",
    "node-flags",
    "config.yaml",
    "akuvox-cpe.service",
    "akuvox-cpe.init",
    "akuvox-cpe.procd",
  ]) {
    cpSync(join(ROOT, "packaging", file), join(folder, file));
  }
  for (const file of ["LICENSE", "config.example.yaml", "config.schema.json", "fleet.schema.json"])
    cpSync(join(ROOT, file), join(folder, file));
  for (const example of ["backend", "clone", "fleet", "hooks"]) {
    cpSync(join(ROOT, "examples", example), join(folder, "examples", example), { recursive: true });
  }
  cpSync(join(ROOT, "deploy"), join(folder, "deploy"), { recursive: true });
  // The help of the program and the comments of the settings name them. What proves it is for those who have the sources.
  mkdirSync(join(folder, "docs"));
  const documents = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md") && name !== "conformance.md");
  for (const name of documents) cpSync(join(ROOT, "docs", name), join(folder, "docs", name));
  cpSync(join(ROOT, "docs", "install.md"), join(folder, "README.md"));
  const packages = packagesOf(inputs);
  writeFileSync(join(folder, "THIRD-PARTY.txt"), thirdPartyText(packages));
  // Below app/, so that it is installed, and in the image, too.
  writeFileSync(
    join(folder, "app", "sbom.cdx.json"),
    sbomText(ROOT, { name: programName, version }, packages, SECONDS),
  );
  writeFileSync(join(folder, "VERSION"), `${version}\n`);
  setModes(folder);
}

/** Independent of the builder's umask. */
function setModes(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) setModes(path);
    else chmodSync(path, /\.(?:sh|init|procd)$/.test(entry.name) || entry.name === "akuvox-cpe" ? 0o755 : 0o644);
  }
  chmodSync(folder, 0o755);
}

function pack(name, archive) {
  const script = `tar --sort=name --format=ustar --mtime="@$3" --owner=0 --group=0 --numeric-owner -C "$1" -cf - "$2" | gzip -9n >"$4"`;
  const { status } = spawnSync("sh", ["-ec", script, "sh", work, name, SECONDS, archive], { stdio: "inherit" });
  if (status !== 0) throw new Error("tar or gzip failed");
}
