/** What `npm run build` leaves, and `npm pack` takes of it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

describe("the build", () => {
  const scratch = mkdtempSync(join(tmpdir(), "akuvox-cpe-test-"));
  const home = join(scratch, "node_modules", "akuvox-cpe");
  const node = (args: readonly string[], cwd = scratch) => {
    const { NODE_OPTIONS: _none, ...env } = process.env;
    return spawnSync(process.execPath, args, { cwd, encoding: "utf8", env });
  };

  before(() => {
    mkdirSync(home, { recursive: true });
    for (const name of ["package.json", "datamodel"]) cpSync(join(ROOT, name), join(home, name), { recursive: true });
    const { status, stdout, stderr } = node([join(ROOT, "scripts/build.mjs"), home]);
    assert.deepEqual([status, stdout, stderr], [0, "", ""]);
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  test("starts as the program of package.json, with its compiled code and without any package beside it", () => {
    const { bin, dependencies } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
    assert.equal(dependencies, undefined);
    assert.ok(readdirSync(join(home, "dist/cli")).some((name) => name.endsWith(".cjs.code")));
    const main = join(home, bin["akuvox-cpe"]);
    assert.equal(node([main, "--version"]).stdout, `${version}\n`);
    assert.match(node([main, "params", "--names"]).stdout, /^Device\.DeviceInfo\.SerialNumber\t/m);
    assert.match(readFileSync(join(home, "dist/THIRD-PARTY.txt"), "utf8"), /^undici \d/m);
  });

  test("gives a plug-in the contract by its name, with types that need no other package", () => {
    writeFileSync(
      join(scratch, "plug-in.ts"),
      'import { BACKEND_CONTRACT, CONTRACT_VERSION, type CreateBackend } from "akuvox-cpe/backend";\n' +
        "export const version: 1 = CONTRACT_VERSION;\nexport const count: number = BACKEND_CONTRACT.length;\n" +
        "export type Made = ReturnType<CreateBackend>;\n",
    );
    const said = node([
      "--input-type=module",
      "-e",
      'import("akuvox-cpe/backend").then((it) => console.log(Object.keys(it)))',
    ]);
    assert.match(said.stdout, /BACKEND_CONTRACT.*CONTRACT_VERSION/s, said.stderr);
    mkdirSync(join(scratch, "node_modules/@types"), { recursive: true });
    for (const name of ["@types/node", "undici-types"])
      symlinkSync(join(ROOT, "node_modules", name), join(scratch, "node_modules", name));
    const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
    const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023", "--types", "node"];
    const { stdout, status } = node([compiler, ...options, "plug-in.ts"]);
    assert.equal(status, 0, stdout);
  });

  test("is installed by npm as a command that runs by its name", () => {
    const npm = (...args: readonly string[]) =>
      spawnSync("npm", [...args, "--ignore-scripts", "--offline", "--silent"], { cwd: scratch, encoding: "utf8" });
    const archive = npm("pack", home).stdout.trim();
    const prefix = join(scratch, "installed");
    const installed = npm("install", "--global", "--prefix", prefix, join(scratch, archive));
    assert.equal(installed.status, 0, installed.stderr);
    const { stdout, stderr } = spawnSync(join(prefix, "bin", "akuvox-cpe"), ["--version"], { encoding: "utf8" });
    assert.equal(stdout, `${version}\n`, stderr);
  });

  test("is packed without what is of this machine alone", () => {
    const { stdout } = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: home,
      encoding: "utf8",
    });
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const packed = files.map(({ path }) => path);
    const built = readdirSync(join(home, "dist"), { recursive: true, encoding: "utf8" })
      .map((name) => join("dist", name))
      .filter((name) => /\.[a-z]+$/i.test(name));
    assert.deepEqual(
      built
        .filter((path) => !packed.includes(path))
        .map((path) => path.replace(/^.*\.cjs/, ""))
        .sort(),
      [".code", ".map"],
    );
    assert.ok(packed.includes("datamodel/device-info.yaml"));
  });
});
