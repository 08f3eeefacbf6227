/** The bundle as its main.js starts it: without compiled code, while that is written, and with it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const ROOT = new URL("../../", import.meta.url);

test("what is imported at run time is found, whether or not the compiled code was kept", async (t) => {
  const folder = await temporaryFolder(t);
  const entry = join(folder, "entry.ts");
  writeFileSync(join(folder, "plug-in.mjs"), `export const answer = await Promise.resolve("from a module");`);
  writeFileSync(
    entry,
    `
// A remark about import(x) stays one.
async function go(path: string): Promise<void> {
  const { spawnSync } = await import("node:child_process");
  const { answer } = await import(path);
  console.log(typeof spawnSync, answer, "import(text)");
}
void go(process.argv[2] ?? "");
`,
  );
  const { bundle } = await import(new URL("scripts/package/bundle.mjs", ROOT).href);
  const {
    files: [{ name, text }],
  } = await bundle(entry);
  writeFileSync(join(folder, name), text);
  const main = readFileSync(new URL("packaging/main.cjs", ROOT), "utf8").replaceAll("@BUNDLE@", name);
  writeFileSync(join(folder, "main.cjs"), main);
  const run = (env: Readonly<Record<string, string>> = {}) => {
    const args = [join(folder, "main.cjs"), pathToFileURL(join(folder, "plug-in.mjs")).href];
    return spawnSync(process.execPath, args, { encoding: "utf8", env: { ...process.env, ...env } });
  };
  const expected = "function from a module import(text)\n";
  for (const env of [{}, { AKUVOX_CPE_WRITE_CODE: "1" }, {}]) {
    const { stdout, stderr } = run(env);
    assert.deepEqual([stdout, stderr], [expected, ""]);
  }
  const code = join(folder, `${name}.code`);
  assert.ok(existsSync(code), "the last run had compiled code");
  // A page of zeros, as a power cut leaves it: taken as it stands, such code crashes Node.
  const bytes = readFileSync(code);
  for (const at of [0, 40, Math.floor(bytes.length / 2), bytes.length - 8]) {
    writeFileSync(code, Buffer.from(bytes).fill(0, at, Math.min(at + 4_096, bytes.length)));
    const { stdout, stderr, status } = run();
    assert.deepEqual([stdout, stderr, status], [expected, "", 0]);
  }
});

test("a stack of the bundle is told by the lines of the sources, and another one refused", async (t) => {
  const folder = await temporaryFolder(t);
  const entry = join(folder, "entry.ts");
  writeFileSync(
    entry,
    `interface Text { readonly text: string }\n\nconst fail = ({ text }: Text): never => {\n  throw new Error(text);\n};\nfail({ text: "oh" });\n`,
  );
  const { bundle } = await import(new URL("scripts/package/bundle.mjs", ROOT).href);
  const {
    files: [{ name, text }],
    map,
  } = await bundle(entry);
  writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, `${name}.map`), map);
  const main = readFileSync(new URL("packaging/main.cjs", ROOT), "utf8").replaceAll("@BUNDLE@", name);
  writeFileSync(join(folder, "main.cjs"), main);
  const { stderr: stack } = spawnSync(process.execPath, [join(folder, "main.cjs")], { encoding: "utf8" });
  assert.match(stack, /at \S+ \(.*akuvox-cpe-[0-9a-f]{12}\.cjs:\d+:\d+\)/);
  const tell = (input: string) => {
    const script = fileURLToPath(new URL("scripts/stack.mjs", ROOT));
    return spawnSync(process.execPath, [script, folder], { encoding: "utf8", input });
  };
  assert.match(tell(stack).stdout, /at \S+ \(\S*entry\.ts:4:9\)\n {4}at (?:\S+ \()?\S*entry\.ts:6:1\b/);
  const other = tell("    at x (/usr/lib/akuvox-cpe-000000000000.cjs:1:2)\n");
  assert.equal(other.status, 2);
  assert.match(other.stderr, /akuvox-cpe-000000000000\.cjs was built from other sources/);
});

test("the program itself imports nothing by a name that only Node's loader knows", async () => {
  const { bundle } = await import(new URL("scripts/package/bundle.mjs", ROOT).href);
  const { files } = await bundle(fileURLToPath(new URL("src/cli/main.ts", ROOT)));
  for (const { name, text } of files) assert.deepEqual(text.match(/[^\w.$'`]import\("[^"]*"\)/g), null, name);
});
