/**
 * The figures of docs/performance.md: our program beside what Node and undici cost by themselves, and beside peers. Linux.
 *
 *   npm run bench -- [--tools ../shared/tools/bench-acs] [--rounds 15] [--prefix DIR] [--only cpu-32,cpu-all,start,memory,fleet] [--write]
 *     [--earlier DIR] [--genieacs-sim DIR] [--cwmp-sim DIR]
 *
 * The tools are a folder with bench-acs.mjs and floor.mjs. Without --prefix the package is made and installed into a temporary
 * folder. All are pinned to one core, the ACS to the other. For CPU they run at once and take turns of a few sessions, the
 * others stopped meanwhile, so that what disturbs the machine disturbs all alike; the ratio is the median of the ratios of each turn.
 * --earlier is an installation of another version (`--prefix` of its install.sh). --write puts what was measured into the table of
 * docs/performance.md; what was not stays there.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as passed } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { createBareAcs } from "./bare-acs.mjs";
import { buildProgram, contenders, FLEET_PHONES, installProgram, ROOT, Runner } from "./contenders.mjs";

const text = (initial) => ({ type: "string", ...(initial === undefined ? {} : { default: initial }) });
const { values: options } = parseArgs({
  options: {
    tools: text("../shared/tools/bench-acs"),
    rounds: text("15"),
    slice: text("30"),
    warmup: text("300"),
    prefix: text(),
    earlier: text(),
    only: text("cpu-32,cpu-all,start,memory,fleet"),
    "genieacs-sim": text(),
    "cwmp-sim": text(),
    write: { type: "boolean", default: false },
  },
});
const tools = resolve(ROOT, options.tools);
const rounds = Number(options.rounds);
const work = mkdtempSync(join(tmpdir(), "akuvox-cpe-bench-"));
process.on("exit", () => rmSync(work, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
spawnSync("taskset", ["-cp", "0", String(process.pid)]);
/** Between a session and the request for the next one: the phone accepts 200 a second. bench-acs sends it by setImmediate. */
const PAUSE_MS = 6;
globalThis.setImmediate = (send, ...args) => setTimeout(send, PAUSE_MS, ...args);
const { createBenchAcs } = await import(pathToFileURL(join(tools, "bench-acs.mjs")).href);
const measured = new Set(options.only.split(","));
buildProgram();
const isPacked = [...measured].some((kind) => kind !== "fleet");
const prefix = options.prefix === undefined && isPacked ? installProgram(work) : resolve(options.prefix ?? work);
const peers = { earlier: options.earlier, genieacsSim: options["genieacs-sim"], cwmpSim: options["cwmp-sim"] };
const known = contenders({ tools, prefix, ...peers });
/** `get`: how many values its ACS reads, `all`, or null for an ACS that asks nothing. */
const start = (name, get) =>
  Runner.start(known[name], { createAcs: get === null ? createBareAcs : createBenchAcs, get, work });
const rows = [];

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** @param values one a round, for each contender; the first is the floor */
function addRows(what, unit, values, goals) {
  const [[, floor]] = Object.entries(values);
  for (const [name, found] of Object.entries(values)) {
    const ratio = median(found.map((value, round) => value / floor[round]));
    const goal = goals[name];
    const verdict = goal === undefined ? "" : ratio <= goal ? `≤ ${goal}: met` : `≤ ${goal}: missed`;
    const row = [what, name, `${median(found).toFixed(unit === "ms" && median(found) < 50 ? 2 : 1)} ${unit}`];
    rows.push([...row, found === floor ? "" : ratio.toFixed(2), verdict]);
    console.log(rows.at(-1).join(" | "));
  }
}

/** What has come in while it was stopped goes before each turn. */
const TURN = { warmup: Number(options.warmup), settling: 3, sessions: Number(options.slice) };
/** All phones of a fleet at once. Warm: V8 still compiles after hundreds of sessions. */
const FLEET_TURN = { warmup: 15 * FLEET_PHONES, settling: FLEET_PHONES + 20, sessions: FLEET_PHONES };

async function cpuOfSessions(what, get, names, goals, turn = TURN) {
  const runners = {};
  try {
    for (const name of names) {
      runners[name] = await start(name, get);
      await runners[name].sessions(turn.warmup);
      runners[name].signal("SIGSTOP");
    }
    const values = Object.fromEntries(names.map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const name of names) values[name].push(await turnOf(runners[name], turn));
    }
    addRows(what, "ms", values, goals);
  } finally {
    for (const runner of Object.values(runners)) await runner.end();
  }
}

/** CPU of a session, in ms. */
async function turnOf(runner, { settling, sessions }) {
  runner.signal("SIGCONT");
  await runner.sessions(settling);
  const before = runner.cpuMs();
  const count = await runner.sessions(sessions);
  const used = runner.cpuMs() - before;
  runner.signal("SIGSTOP");
  return used / count;
}

async function startTimes(names, goals) {
  const values = Object.fromEntries(names.map((name) => [name, []]));
  const cpu = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const runner = await start(name, "all");
      values[name].push((await runner.firstInform) - runner.startedMs);
      cpu[name].push(runner.cpuMs());
      await runner.end();
    }
  }
  addRows("spawn to first Inform", "ms", values, goals);
  addRows("CPU up to the first Inform", "ms", cpu, {});
}

const SETTLED_MS = 3_000;

async function memory(names, goals) {
  for (const sessions of [1, 1000]) {
    const values = Object.fromEntries(names.map((name) => [name, []]));
    for (let round = 0; round < 3; round++) {
      for (const name of names) {
        const runner = await start(name, "all");
        if (known[name].asked) await runner.sessions(sessions);
        // No more of them.
        runner.acs.server.close();
        runner.acs.server.closeAllConnections();
        await passed(SETTLED_MS);
        values[name].push(runner.rssMiB());
        await runner.end();
      }
    }
    addRows(`memory (RSS) after ${sessions} session${sessions === 1 ? "" : "s"}`, "MiB", values, goals);
  }
}

const simulators = ["earlier", "genieacs-sim", "cwmp-sim"].filter((name) => known[name] !== undefined);
const working = ["canned undici", "built", "packed", ...simulators];
if (measured.has("cpu-32")) {
  const all = [...working, "canned, asked for"];
  await cpuOfSessions("CPU of a session, 32 values", "32", all, { built: 3.5 });
}
if (measured.has("cpu-all")) await cpuOfSessions("CPU of a session, all names", "all", working, { built: 6 });
if (measured.has("start")) {
  await startTimes(["canned undici", "packed", "built", ...simulators], { packed: 1.3, built: 1.5 });
}
if (measured.has("memory")) await memory(["bare HTTP server", "packed", ...simulators], { packed: 1.3 });
if (measured.has("fleet")) {
  const sessions = ["canned undici", "fleet"];
  await cpuOfSessions("CPU of a session in a fleet, 32 values", "32", sessions, { fleet: 2 }, FLEET_TURN);
  await cpuOfSessions("CPU of a session in a fleet, all names", "all", sessions, { fleet: 4 }, FLEET_TURN);
  await cpuOfSessions(
    "CPU of a bare Inform session in a fleet",
    null,
    ["canned Informs", "fleet"],
    { fleet: 1.5 },
    FLEET_TURN,
  );
}

const HEAD = ["| what | who | median | times the floor | goal |", "|---|---|---|---|---|"];
const linesOf = (all) => all.map((row) => `| ${row.join(" | ")} |`);
console.log(`\nNode ${process.version}, ${rounds} rounds\n\n${[...HEAD, ...linesOf(rows)].join("\n")}`);
if (options.write) {
  const file = join(ROOT, "docs", "performance.md");
  const page = readFileSync(file, "utf8");
  const marks = /(<!-- npm run bench -->\n)([\s\S]*?)(\n<!-- end -->)/;
  if (!marks.test(page)) throw new Error("docs/performance.md has no place for the table");
  writeFileSync(
    file,
    page.replace(marks, (_all, from, before, to) => `${from}${[...HEAD, ...withMeasured(before)].join("\n")}${to}`),
  );
}

/** A kind of figure that was measured stands in the place of the one before, or last. */
function withMeasured(before) {
  const kindOf = (line) => line.slice(2).split(" | ")[0];
  const lines = linesOf(rows);
  const kinds = new Set([...before.split("\n").slice(HEAD.length), ...lines].map(kindOf));
  const measured = new Set(lines.map(kindOf));
  const source = (kind) => (measured.has(kind) ? lines : before.split("\n").slice(HEAD.length));
  return [...kinds].flatMap((kind) => source(kind).filter((line) => kindOf(line) === kind));
}
