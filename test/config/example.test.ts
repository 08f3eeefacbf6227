import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseDocument } from "yaml";
import { loadConfig } from "../../src/config/load-config.ts";
import { leafRows, optionRows } from "../../src/config/option-table.ts";

const EXAMPLE = fileURLToPath(new URL("../../config.example.yaml", import.meta.url));
const text = readFileSync(EXAMPLE, "utf8");
/** The parts at the end that stand for other types of backend, without their comment signs. */
const others = [...text.matchAll(/^# backend:\n(#.*\n)+/gm)].map(([part]) => part.replaceAll(/^# ?/gm, ""));
const partOf = (type: string): string => others.find((part) => part.includes(`type: ${type}\n`)) ?? "";

test("the example is valid, and states the defaults and nothing else", () => {
  const { stated, ...example } = loadConfig(EXAMPLE, {});
  const { stated: _, ...defaults } = loadConfig(null, {});
  const folder = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
  const relative = (config: object) => JSON.stringify(config).replaceAll(folder, ".").replaceAll(process.cwd(), ".");
  assert.equal(relative(example), relative(defaults));
  assert.ok(stated.has("tr069.enable"));
});

for (const type of ["simulated", "linux", "hooks", "plug-in"]) {
  test(`the example's ${type} phone is valid too`, () => {
    const folder = mkdtempSync(join(tmpdir(), "example-"));
    const module = join(folder, "my-phone.mjs");
    const env = type === "plug-in" ? { AKUVOX_CPE_PLUG_IN: module } : {};
    // Without a hook there is no such phone.
    const hook = type === "hooks" ? "  read: [./read]\n" : "";
    try {
      writeFileSync(module, "");
      writeFileSync(join(folder, "config.yaml"), partOf(type).replace("  read:\n", hook));
      const { backend } = loadConfig(join(folder, "config.yaml"), {});
      writeFileSync(join(folder, "plain.yaml"), `backend:\n  type: ${type}\n${hook}`);
      const plain = loadConfig(join(folder, "plain.yaml"), { ...env, AKUVOX_CPE_PHONE_FILE: backend.file ?? "" });
      assert.deepEqual(backend, plain.backend);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

test("every option of the table stands in the example, in the table's order", () => {
  const keysOf = (source: string): string[] => {
    const keys: string[] = [];
    const walk = (value: unknown, prefix: string): void => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return;
      for (const [key, item] of Object.entries(value)) {
        keys.push(`${prefix}${key}`);
        walk(item, `${prefix}${key}.`);
      }
    };
    walk(parseDocument(source).toJS(), "");
    return keys;
  };
  const isOwn = (type: string | null) => type === null || type === "config-file";
  const rows = optionRows().filter(({ backendType }) => isOwn(backendType));
  assert.deepEqual(
    keysOf(text),
    rows.map(({ path }) => path),
  );
  for (const type of ["linux", "hooks"]) {
    assert.deepEqual(
      keysOf(partOf(type)).slice(1),
      optionRows()
        .filter(
          ({ backendType, path }) =>
            backendType === type &&
            !rows.some((row) => row.path === path && row.backendType !== null && path !== "backend.type"),
        )
        .map(({ path }) => path),
    );
  }
  for (const type of ["simulated", "plug-in"]) {
    assert.deepEqual(
      keysOf(partOf(type)).slice(1),
      optionRows()
        .filter(({ backendType }) => backendType === type)
        .map(({ path }) => path),
    );
  }
});

test("every environment variable of the table stands in the example", () => {
  const missing = leafRows().filter(({ environment }) => environment !== null && !text.includes(`[${environment}]`));
  assert.deepEqual(missing, []);
});

test("every option in the example has a comment above it", () => {
  const lines = text.split("\n");
  const bare = lines.filter((line, at) => /^\s*\w+:(?! *$)|^\s+\w+:$/.test(line) && !/^\s*#/.test(lines[at - 1] ?? ""));
  assert.deepEqual(
    bare.filter((line) => !/^\s+(acs|periodicInform|cpe):$/.test(line)),
    [],
  );
});
