/** The program as it is installed, and as `npm run build` leaves it: the same files. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle, bundleThread } from "./bundle.mjs";
import { dataModelText } from "./data-model.mjs";

/** The launcher and the code cache: files of packaging/, and their names in dist/cli/. */
const STARTERS = [
  ["main.cjs", "main.js"],
  ["compile.cjs", "compile.cjs"],
];

/**
 * Writes `dist/cli/` and the data model of a folder. Answers the name of the program's file, what it was made of (`inputs`), and the
 * `map` to its sources.
 */
export async function writeProgram(root, folder) {
  const program = join(folder, "dist", "cli");
  mkdirSync(program, { recursive: true });
  const { files, inputs, map } = await bundle(join(root, "src", "cli", "main.ts"));
  for (const { name, text } of files) writeFileSync(join(program, name), text);
  const [{ name, text }] = files;
  // The thread of a plug-in has a program of its own, so that it does not carry all of the agent's.
  const worker = await bundleThread(join(root, "src", "backends", "plugin", "plug-in-worker.ts"));
  writeFileSync(join(program, "plug-in-worker.cjs"), worker.text);
  // It is read with one byte a character.
  if (/[^\p{ASCII}]/u.test(text)) throw new Error("the bundle is not ASCII: packaging/main.cjs reads it as such");
  for (const [source, file] of STARTERS) {
    const starter = readFileSync(join(root, "packaging", source), "utf8");
    writeFileSync(join(program, file), starter.replaceAll("@BUNDLE@", name));
  }
  // main.js is CommonJS, independent of the surrounding package: Node's loader of modules costs a start 5 %.
  writeFileSync(join(program, "package.json"), '{ "type": "commonjs" }\n');
  writeFileSync(join(folder, "dist", "datamodel.json"), await dataModelText(root));
  return { name, map, inputs: [...inputs, ...worker.inputs] };
}
