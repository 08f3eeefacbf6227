/**
 * `npm run build` writes dist/ anew: the program as in the firmware package, with its compiled code for this node and the map to its
 * sources; the contract of backends, with its types; and the licences of the libraries that are in it. `node scripts/build.mjs DIR`
 * writes DIR/dist.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleModule } from "./package/bundle.mjs";
import { packagesOf, thirdPartyText } from "./package/licences.mjs";
import { writeProgram } from "./package/program.mjs";

const ROOT = join(import.meta.dirname, "..");
const destination = resolve(process.argv[2] ?? ROOT);
const dist = join(destination, "dist");
rmSync(dist, { recursive: true, force: true });

const compiler = join(dirname(fileURLToPath(import.meta.resolve("typescript/package.json"))), "bin", "tsc");
run(compiler, "-p", join(ROOT, "tsconfig.build.json"), "--outDir", dist);
const contract = await bundleModule(join(ROOT, "src", "backends", "published.ts"));
mkdirSync(join(dist, "backends"), { recursive: true });
writeFileSync(join(dist, "backends", "published.js"), contract.text);
const { name, map, inputs } = await writeProgram(ROOT, destination);
writeFileSync(join(dist, "cli", `${name}.map`), map);
writeFileSync(join(dist, "THIRD-PARTY.txt"), thirdPartyText(packagesOf([...inputs, ...contract.inputs])));
if (spawnSync(process.execPath, [join(dist, "cli", "compile.cjs")], { stdio: "inherit" }).status !== 0)
  console.error("npm run build: no session over loopback: the program starts slower without its compiled code");

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
