/**
 * Translates a stack trace of the built program, from a firmware package or from npm, to source lines:
 *
 *   npm run -s stack < FILE
 *
 * The same sources and packages give the same program, and its file name says which one it is: check out the version that ran, and
 * `npm ci && npm run build` there first.
 */
import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { join, relative } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const PLACE = /[^\s(]*?(akuvox-cpe-[0-9a-f]{12}\.cjs):(\d+):(\d+)/g;
const folder = process.argv[2] ?? join(ROOT, "dist", "cli");
const maps = new Map();

function mapOf(program) {
  const file = join(folder, `${program}.map`);
  if (!existsSync(file)) {
    console.error(`${file} is not there: ${program} was built from other sources (see scripts/stack.mjs)`);
    process.exit(2);
  }
  if (!maps.has(program)) maps.set(program, new SourceMap(JSON.parse(readFileSync(file, "utf8"))));
  return maps.get(program);
}

/** Node counts lines and columns from 1, the map from 0. */
function sourceOf(place, program, line, column) {
  const { originalSource, originalLine, originalColumn } = mapOf(program).findEntry(line - 1, column - 1);
  if (originalSource === undefined) return place;
  return `${relative(ROOT, join(ROOT, "dist", "cli", originalSource))}:${originalLine + 1}:${originalColumn + 1}`;
}

process.stdout.write(readFileSync(0, "utf8").replace(PLACE, sourceOf));
