/** Parts of the sources, bundled as the program is, for programs that measure them in their own process. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../scripts/package/bundle.mjs";
import { dataModelText } from "../scripts/package/data-model.mjs";

/**
 * Loads exports of files of `src/`.
 *
 * @param root the repository, or a worktree of it with another version
 * @param names of exports, by file: `{ "config/load-config.ts": ["loadConfig"] }`
 */
export async function loadSources(root, names) {
  const home = mkdtempSync(join(tmpdir(), "akuvox-cpe-sources-"));
  process.on("exit", () => rmSync(home, { recursive: true, force: true }));
  const folder = join(home, "dist", "cli");
  mkdirSync(folder, { recursive: true });
  for (const name of ["datamodel", "package.json"]) symlinkSync(join(root, name), join(home, name));
  writeFileSync(join(home, "dist", "datamodel.json"), await dataModelText(root));
  const entry = join(home, "entry.ts");
  const lines = Object.entries(names).map(
    ([file, exported]) => `export { ${exported.join(", ")} } from ${JSON.stringify(join(root, "src", file))};`,
  );
  writeFileSync(entry, lines.join("\n"));
  const { files } = await bundle(entry);
  for (const { name, text } of files) writeFileSync(join(folder, name), text);
  const main = readFileSync(join(import.meta.dirname, "..", "packaging", "main.cjs"), "utf8");
  writeFileSync(join(folder, "main.cjs"), main.replaceAll("@BUNDLE@", files[0].name));
  return createRequire(folder)(join(folder, "main.cjs"));
}
