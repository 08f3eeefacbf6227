/** install.sh of a package really made, into folders of an image: nothing is started and nobody needs to be root. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const PACKAGE = fileURLToPath(new URL("../../scripts/package.mjs", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "akuvox-cpe-test-"));
const unpacked = join(scratch, "a package");

function install(root: string, ...options: readonly string[]) {
  const args = ["-c", 'umask 077 && exec "$0" "$@"', join(unpacked, "install.sh"), "--root", root, ...options];
  return spawnSync("sh", args, { encoding: "utf8" });
}

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe("install.sh", () => {
  before(() => {
    mkdirSync(unpacked);
    assert.equal(spawnSync(process.execPath, [PACKAGE, unpacked]).status, 0);
    const archive = readdirSync(unpacked).find((file) => file.endsWith(".tar.gz")) ?? "";
    assert.equal(spawnSync("tar", ["-xzf", archive, "--strip-components=1"], { cwd: unpacked }).status, 0);
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  test("an image gets program, settings and service, readable whatever the umask, in a folder with a blank in its name", async (t) => {
    const root = join(await temporaryFolder(t), "an image");
    const { status, stderr } = install(root, "--init", "systemd");
    assert.deepEqual([status, stderr], [0, ""]);
    assert.equal(modeOf(join(root, "usr/local/lib/akuvox-cpe")), 0o755);
    assert.equal(modeOf(join(root, "usr/local/bin")), 0o755);
    assert.equal(modeOf(join(root, "etc/akuvox-cpe/config.yaml")), 0o600);
    assert.equal(modeOf(join(root, "var/lib/akuvox-cpe")), 0o700);
    assert.equal(readlinkSync(join(root, "usr/local/bin/akuvox-cpe")), "../lib/akuvox-cpe/bin/akuvox-cpe");
    assert.deepEqual(readdirSync(join(root, "usr/local/lib")), ["akuvox-cpe"]);
  });

  test("what was installed where is said, and whether an init was found", async (t) => {
    const root = join(await temporaryFolder(t), "image");
    const { stdout } = install(root);
    assert.match(
      stdout,
      new RegExp(`installed in ${root}/usr/local/lib/akuvox-cpe: program ${root}/usr/local/bin/akuvox-cpe`),
    );
    assert.match(stdout, new RegExp(`settings ${root}/etc/akuvox-cpe/config.yaml, state ${root}/var/lib/akuvox-cpe`));
    assert.match(
      stdout,
      new RegExp(`^service: none, as no procd, systemd or /etc/init.d was found below ${root} `, "m"),
    );
    assert.match(stdout, /^nothing was started: on the machine itself, edit \/etc\/akuvox-cpe\/config\.yaml, then: /m);
    assert.match(
      install(root, "--init", "systemd").stdout,
      /^service: .*\/etc\/systemd\/system\/akuvox-cpe\.service$/m,
    );
  });

  test("the installed program takes the settings of the service, unless others are named", async (t) => {
    const root = join(await temporaryFolder(t), "image");
    const folder = await temporaryFolder(t);
    assert.equal(install(root, "--init", "none", "--etc", "/etc/cpe").status, 0);
    const app = join(root, "usr/local/lib/akuvox-cpe");
    // As it will stand on the machine itself.
    const etc = join(folder, "etc/cpe");
    mkdirSync(etc, { recursive: true });
    writeFileSync(join(etc, "config.yaml"), "log: { level: loud }\n");
    writeFileSync(join(app, "installed"), `prefix=/usr/local etc=${etc} state=/var/lib/cpe init=none\n`);
    const check = (env: Readonly<Record<string, string>>, ...args: readonly string[]) => {
      const { AKUVOX_CPE_CONFIG: _none, ...inherited } = process.env;
      const own = { ...inherited, AKUVOX_CPE_NODE: process.execPath, ...env };
      const { stdout, stderr } = spawnSync(join(app, "bin/akuvox-cpe"), ["check-config", ...args], {
        encoding: "utf8",
        env: own,
      });
      return stdout + stderr;
    };
    assert.match(check({}), /etc\/cpe\/config\.yaml:1:15: log\.level must be/);
    const mine = join(folder, "mine.yaml");
    writeFileSync(mine, "log: { level: warn }\n");
    assert.match(check({}, mine), /mine\.yaml: no mistakes/);
    assert.match(check({ AKUVOX_CPE_CONFIG: mine }), /mine\.yaml: no mistakes/);
    assert.match(check({ AKUVOX_CPE_CONFIG: "" }), /the environment: no mistakes/);
  });

  test("every document and example that the program, the settings and the documents name is installed", async (t) => {
    const root = join(await temporaryFolder(t), "image");
    assert.equal(install(root, "--init", "none").status, 0);
    const app = join(root, "usr/local/lib/akuvox-cpe");
    const texts = readdirSync(app, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(?:md|cjs|yaml|json)$/.test(name))
      .map((name) => readFileSync(join(app, name), "utf8"));
    const named = new Set(texts.flatMap((text) => text.match(/\b(?:docs|examples|deploy)\/[\w./-]*\w/g) ?? []));
    assert.ok(named.has("docs/control.md") && named.has("examples/backend/my-phone.mjs"));
    // For those who have the sources.
    const away = /^docs\/(?:decisions|images|conformance)/;
    const missing = [...named].filter((name) => !away.test(name) && !existsSync(join(app, name)));
    assert.deepEqual(missing, []);
  });

  test("an upgrade keeps folders, kind of service and settings without being told them again", async (t) => {
    const root = await temporaryFolder(t);
    const own = ["--etc", "/data/cpe/etc", "--state", "/data/cpe/state", "--init", "systemd"];
    assert.equal(install(root, ...own).status, 0);
    const config = join(root, "data/cpe/etc/config.yaml");
    writeFileSync(config, "mine: true\n");
    assert.equal(install(root).status, 0);
    assert.equal(readFileSync(config, "utf8"), "mine: true\n");
    assert.equal(existsSync(join(root, "etc/akuvox-cpe")), false);
    const unit = readFileSync(join(root, "etc/systemd/system/akuvox-cpe.service"), "utf8");
    assert.match(unit, /^ExecStart=.* --config \/data\/cpe\/etc\/config\.yaml$/m);
    assert.match(
      unit,
      /^ReadWritePaths=-\/data\/cpe\/state$/m,
      "elsewhere than StateDirectory the agent could not write",
    );
    assert.doesNotMatch(unit, /@[A-Z]+@/);
  });

  test("the service leaves no core file, has a bound of memory and a port below 1024, and keeps rights that it had", async (t) => {
    const root = await temporaryFolder(t);
    const file = join(root, "etc/systemd/system/akuvox-cpe.service");
    assert.equal(install(root, "--init", "systemd").status, 0);
    const unit = readFileSync(file, "utf8");
    assert.match(unit, /^LimitCORE=0$/m);
    assert.match(unit, /^MemoryMax=\d+M$/m);
    assert.match(unit, /^CapabilityBoundingSet=CAP_NET_BIND_SERVICE$/m);
    assert.equal(install(root).status, 0);
    assert.equal(existsSync(`${file}.d`), false);
    writeFileSync(file, unit.replace(/^CapabilityBoundingSet=.*$/m, "$& CAP_DAC_OVERRIDE"));
    assert.match(install(root).stdout, /the rights for a phone file of another user are in /);
    assert.match(readFileSync(`${file}.d/phone-file.conf`, "utf8"), /^CapabilityBoundingSet=CAP_DAC_OVERRIDE/m);
    for (const [kind, line] of [
      ["procd", /^ {2}procd_set_param limits core="0 0"$/m],
      ["busybox", /^ {2}ulimit -c 0/m],
    ] as const) {
      assert.equal(install(root, "--init", kind).status, 0);
      assert.match(readFileSync(join(root, "etc/init.d/akuvox-cpe"), "utf8"), line);
    }
  });

  test("an upgrade that cannot be finished leaves the old program", async (t) => {
    const root = await temporaryFolder(t);
    assert.equal(install(root, "--init", "none").status, 0);
    const lib = join(root, "usr/local/lib");
    // As a full disk ends it: after some files.
    const broken = join(unpacked, "THIRD-PARTY.txt");
    const text = readFileSync(broken);
    rmSync(broken);
    t.after(() => writeFileSync(broken, text));
    assert.notEqual(install(root).status, 0);
    assert.deepEqual(readdirSync(lib), ["akuvox-cpe"]);
    assert.ok(existsSync(join(lib, "akuvox-cpe/dist/cli/main.js")));
    assert.ok(existsSync(join(lib, "akuvox-cpe/dist/datamodel.json")), "a start would read YAML");
  });

  for (const [what, options, reason] of [
    ["a folder that others use too", ["--state", "/var"], /\/var: a folder of its own is needed/],
    ["the root", ["--etc", "/"], /a folder of its own is needed/],
    ["a way out", ["--state", "/var/lib/../../x/y"], /without \.\. is needed/],
    ["a blank", ["--prefix", "/a b"], /letters, digits/],
    ["an unknown kind of service", ["--init", "upstart"], /--init is systemd, busybox, procd or none, not upstart/],
  ] as const) {
    test(`${what} is refused before anything is touched: ${options.join(" ")}`, async (t) => {
      const root = await temporaryFolder(t);
      const { status, stderr } = install(root, ...options);
      assert.equal(status, 2, "wrong usage, as of the program");
      assert.match(stderr, reason);
      assert.deepEqual(readdirSync(root), []);
    });
  }
});
