/** The program as it is installed: what main.cjs needs, and nothing of the package around it. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle, bundleThread } from "./bundle.mjs";

/** Writes `dist/cli/` of a folder, and answers what it was made of. */
export async function writeProgram(root, folder) {
  const program = join(folder, "dist", "cli");
  mkdirSync(program, { recursive: true });
  const { files, inputs } = await bundle(join(root, "src", "cli", "main.ts"));
  for (const { name, text } of files) writeFileSync(join(program, name), text);
  const [{ name, text }] = files;
  // The thread of a plug-in has a program of its own, so that it does not carry all of the agent's.
  const worker = await bundleThread(join(root, "src", "backends", "plugin", "plug-in-worker.ts"));
  writeFileSync(join(program, "plug-in-worker.cjs"), worker.text);
  // main.cjs reads it with one byte a character.
  if (/[^\p{ASCII}]/u.test(text)) throw new Error("the bundle is not ASCII: packaging/main.cjs reads it as such");
  for (const file of ["main.cjs", "compile.cjs"]) {
    const source = readFileSync(join(root, "packaging", file), "utf8");
    writeFileSync(join(program, file), source.replaceAll("@BUNDLE@", name));
  }
  return [...inputs, ...worker.inputs];
}
