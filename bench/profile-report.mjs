/** A .cpuprofile of a bundle that is not minified, summed up by groups of source files and by functions. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const SHOWN = 40;

/** For each line of the bundle the file it was made of: esbuild names it in a comment before its text. */
function sourceOfLines(program) {
  let source = "";
  return readFileSync(program, "latin1")
    .split("\n")
    .map((line) => {
      source = /^\s*\/\/ ((?:src|node_modules)\/\S+)$/.exec(line)?.[1] ?? source;
      return source;
    });
}

function groupOf(source) {
  const [top, ...rest] = source.split("/");
  if (top === "src") return `src/${rest.slice(0, -1).join("/")}`;
  return top === "node_modules" ? rest[0] : source.replace(/^node:.*/, "node");
}

/** Names of each node of the call tree: its function, its file, and the nearest function of our own that it works for. */
function readNodes(nodes, program) {
  const sources = sourceOfLines(program);
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const read = new Map();
  for (const { id, callFrame } of nodes) {
    const { functionName, url, lineNumber } = callFrame;
    const source = url.endsWith(program) ? sources[lineNumber] : url || functionName;
    const name = `${functionName || "(anonymous)"} ${source}`;
    read.set(id, { name, group: groupOf(source), own: source.startsWith("src/") ? name : null });
  }
  const owner = (id) => (id === undefined ? "(node and libraries)" : (read.get(id).own ?? owner(parents.get(id))));
  for (const [id, node] of read) node.owner = owner(id);
  return read;
}

/**
 * Prints the mean of the sessions between two moments (of process.hrtime, which Linux counts alike for all processes, in
 * microseconds). `(program)` is native code outside of any function, such as the reading of sockets.
 */
export function reportProfile(folder, program, { from, to, sessions }) {
  const [file] = readdirSync(folder).filter((name) => name.endsWith(".cpuprofile"));
  const { nodes, samples, timeDeltas, startTime } = JSON.parse(readFileSync(join(folder, file), "utf8"));
  const read = readNodes(nodes, program);
  const tables = { group: new Map(), name: new Map(), owner: new Map() };
  let at = startTime;
  samples.forEach((id, index) => {
    at += timeDeltas[index];
    const node = read.get(id);
    if (at < from || at > to || node.group === "(idle)") return;
    for (const [key, table] of Object.entries(tables))
      table.set(node[key], (table.get(node[key]) ?? 0) + timeDeltas[index]);
  });
  const print = (title, table) => {
    console.log(`\n${title}, ms a session`);
    for (const [name, time] of [...table].sort((a, b) => b[1] - a[1]).slice(0, SHOWN)) {
      console.log(`${(time / 1000 / sessions).toFixed(3).padStart(8)}  ${name.slice(0, 110)}`);
    }
  };
  print("by group, each function for itself", tables.group);
  print("by function, each for itself", tables.name);
  print("by function of our own, with what it calls of node and libraries", tables.owner);
}
