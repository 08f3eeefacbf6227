/** What goes out with the program is known: by hash, by licence, and by a list that is in the package. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const VERSION = (JSON.parse(read("package.json")) as { version: string }).version;

test("each entry of the lock file has the hash of what is installed, and no address", () => {
  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, Record<string, unknown>> };
  const entries = Object.entries(packages).filter(([path]) => path !== "");
  assert.ok(entries.length > 100);
  const without = entries.filter(([, { integrity }]) => !/^sha512-/.test(String(integrity))).map(([path]) => path);
  assert.deepEqual(without, []);
  assert.deepEqual(
    entries.filter(([, entry]) => "resolved" in entry).map(([path]) => path),
    [],
  );
});

test("compose.yaml builds on the image of the Dockerfile, by its digest", () => {
  const [, image] = /^ARG NODE_IMAGE=(\S+)$/m.exec(read("Dockerfile")) ?? [];
  assert.ok(image !== undefined);
  const { services } = parse(read("compose.yaml"), { merge: true }) as {
    services: Record<string, { build?: { args: { NODE_IMAGE: string } } }>;
  };
  const built = Object.entries(services).flatMap(([name, { build }]) => (build === undefined ? [] : [{ name, build }]));
  assert.equal(built.length, 4);
  for (const { name, build } of built) {
    const [tag, digest] = build.args.NODE_IMAGE.split("@");
    assert.equal(tag, image, name);
    assert.match(digest ?? "", /^sha256:[0-9a-f]{64}$/, name);
  }
});

describe("the package", () => {
  const scratch = mkdtempSync(join(tmpdir(), "akuvox-cpe-test-"));
  let archive = "";
  let thirdParty = "";
  let sbom = "";
  const unpacked = (name: string): string => {
    const { stdout, status } = spawnSync("tar", ["-xzOf", archive, "--wildcards", name], { encoding: "utf8" });
    assert.equal(status, 0, name);
    return stdout;
  };

  before(() => {
    assert.equal(spawnSync(process.execPath, [join(ROOT, "scripts/package.mjs"), scratch]).status, 0);
    archive = join(scratch, readdirSync(scratch).find((file) => file.endsWith(".tar.gz")) ?? "");
    thirdParty = unpacked("*/THIRD-PARTY.txt");
    sbom = unpacked("*/app/sbom.cdx.json");
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  test("has its checksum beside it, as sha256sum reads it", () => {
    const hash = createHash("sha256").update(readFileSync(archive)).digest("hex");
    const name = archive.slice(scratch.length + 1);
    assert.equal(readFileSync(`${archive}.sha256`, "utf8"), `${hash}  ${name}\n`);
  });

  test("says the licence of each library that is in it", () => {
    assert.doesNotMatch(thirdParty, /undefined|\[object/);
    const titles = thirdParty.slice(0, thirdParty.indexOf("-----")).trim().split("\n").slice(2);
    assert.ok(titles.length > 20);
    for (const title of titles) assert.match(title, /^\S+ \d+\.\d+\.\d+\S* \([A-Za-z0-9. -]+\)$/);
  });

  test("lists just those libraries as CycloneDX, each with its hash and licence", () => {
    const document = JSON.parse(sbom) as {
      specVersion: string;
      metadata: { component: { name: string } };
      components: {
        name: string;
        version: string;
        licenses: { license?: { id: string }; expression?: string }[];
        hashes: { alg: string }[];
      }[];
      dependencies: { ref: string; dependsOn: string[] }[];
    };
    assert.equal(document.metadata.component.name, "akuvox-cpe");
    const listed = document.components.map(
      ({ name, version, licenses }) => `${name} ${version} (${licenses[0]?.license?.id ?? licenses[0]?.expression})`,
    );
    const titles = thirdParty.slice(0, thirdParty.indexOf("-----")).trim().split("\n").slice(2);
    assert.deepEqual(listed.sort(), titles.sort());
    assert.ok(document.components.every(({ hashes }) => hashes[0]?.alg === "SHA-512"));
    const refs = new Set([`akuvox-cpe@${VERSION}`, ...document.components.map((one) => `${one.name}@${one.version}`)]);
    for (const { ref, dependsOn } of document.dependencies) {
      assert.ok(refs.has(ref), ref);
      for (const other of dependsOn) assert.ok(refs.has(other), other);
    }
  });
});
