/**
 * Which test files share a process. To start node and to load the program takes longer than most files' tests: the code has no
 * state in modules (test/architecture.test.ts), so that files can use what another has loaded. A group is a file that
 * imports its test files. One that needs or changes more of a process than modules says so, and why, in a line of its own:
 *
 *     // A process of its own: the zone of the process is set.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const ALONE = /^\/\/ A process of its own: ./m;
const MOST_IN_GROUP = 12;

/** In order: arrays of files. Few files make small groups, so that no processor is without one. */
export function groupsOf(root, files, atOnce) {
  const most = Math.max(1, Math.min(MOST_IN_GROUP, Math.floor(files.length / (2 * atOnce))));
  const groups = [];
  let open = [];
  for (const file of files) {
    if (ALONE.test(readFileSync(join(root, file), "utf8"))) groups.push([file]);
    else {
      if (open.length === 0) groups.push(open);
      open.push(file);
      if (open.length === most) open = [];
    }
  }
  return groups;
}

/** The path of a file for node that stands for the group: of a group of one, itself. `folder` takes what is made. */
export function fileOfGroup(root, folder, group, index) {
  if (group.length === 1) return join(root, group[0]);
  const path = join(folder, `group-${String(index + 1).padStart(2, "0")}.mjs`);
  writeFileSync(path, group.map((file) => `import ${JSON.stringify(pathToFileURL(join(root, file)))};\n`).join(""));
  return path;
}
