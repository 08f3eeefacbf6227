/** A .cpuprofile of a bundle that is not minified, told by groups of source files and by functions. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const SHOWN = 45;

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
  return top === "src" ? rest.slice(0, -1).join("/") : top === "node_modules" ? rest[0] : source;
}

/** Prints the mean of all sessions, the start with its share. Self time: a function without those that it calls;
 * "(program)" is native code outside of any function, such as the reading of sockets. */
export function reportProfile(folder, program, sessions) {
  const [file] = readdirSync(folder).filter((name) => name.endsWith(".cpuprofile"));
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), "utf8"));
  const sources = sourceOfLines(program);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const groups = new Map();
  const functions = new Map();
  const add = (map, key, time) => map.set(key, (map.get(key) ?? 0) + time);
  samples.forEach((id, index) => {
    const { functionName, url, lineNumber } = byId.get(id).callFrame;
    const ours = url.endsWith("readable.cjs");
    const source = ours ? sources[lineNumber] : url === "" ? functionName : url;
    if (source === "(idle)") return;
    add(groups, ours ? groupOf(source) : url.startsWith("node:") ? "node" : source, timeDeltas[index]);
    add(functions, `${functionName || "(anonymous)"} ${source}${ours ? "" : `:${lineNumber}`}`, timeDeltas[index]);
  });
  const print = (title, map) => {
    console.log(`\n${title}, ms a session`);
    for (const [name, time] of [...map].sort((a, b) => b[1] - a[1]).slice(0, SHOWN)) {
      console.log(`${(time / 1000 / sessions).toFixed(3).padStart(8)}  ${name}`);
    }
  };
  print("groups", groups);
  print("functions", functions);
}
