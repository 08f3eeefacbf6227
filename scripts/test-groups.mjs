/**
 * Which test files share a process. To start node and to load the program takes longer than most files' tests: the code has no
 * state in modules (test/architecture.test.ts), so that files can use what another has loaded. A group is a file that
 * imports its test files. One that needs or changes more of a process than modules says so, and why, in a line of its own:
 *
 *     // A process of its own: the zone of the process is set.
 *
 * A file of long tests that do not depend on Node says so too, and why; CI leaves it out on all Nodes but one:
 *
 *     // On one Node only: each file call in turn says the same on every Node.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const ALONE = /^\/\/ A process of its own: ./m;
const ON_ONE_NODE = /^\/\/ On one Node only: ./m;
const MAX_IN_GROUP = 24;
const LIMIT = new URL("test-limit.mjs", import.meta.url);

/** Whether the tests of the file are run on one Node only. */
export function isForOneNode(root, file) {
  return ON_ONE_NODE.test(readFileSync(join(root, file), "utf8"));
}

/** In order: arrays of files. Few files make small groups, so that no processor is without one. */
export function groupsOf(root, files, atOnce) {
  const most = Math.max(1, Math.min(MAX_IN_GROUP, Math.floor(files.length / (2 * atOnce))));
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

/** The path of a file for node that stands for the group: it imports the limit of a test and the files. `folder` takes it. */
export function fileOfGroup(root, folder, group, index) {
  const path = join(folder, `group-${String(index + 1).padStart(2, "0")}.mjs`);
  const imported = [LIMIT, ...group.map((file) => pathToFileURL(join(root, file)))];
  writeFileSync(path, imported.map((url) => `import ${JSON.stringify(url)};\n`).join(""));
  return path;
}
