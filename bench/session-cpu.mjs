/**
 * Measures where a session spends CPU: one simulated phone, sessions opened one after another by connection requests.
 * Linux.
 *
 *   node bench/session-cpu.mjs --tools ../shared/tools/bench-acs --prefix DIR [--flags "--no-opt"] [--get 32] [--sessions 300] [--warmup 50]
 *   node bench/session-cpu.mjs ... --profile        # the same with an unminified bundle under --cpu-prof: groups and functions
 *
 * DIR is an installation of the package (bench/phone.mjs). --flags stands in for its V8 flags, for this run alone; without
 * the compiled code of the package then, so that a start is slower but a session is the same.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { bundle } from "../scripts/package/bundle.mjs";
import { mainOf } from "./contenders.mjs";
import { reportProfile } from "./profile-report.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
/** Between two sessions. */
const PAUSE_MS = 5;
/** For a session to come. */
const LIMIT_MS = 30_000;
const { values: options } = parseArgs({
  options: {
    tools: { type: "string", default: "../shared/tools/bench-acs" },
    prefix: { type: "string" },
    flags: { type: "string" },
    get: { type: "string", default: "all" },
    sessions: { type: "string", default: "300" },
    warmup: { type: "string", default: "50" },
    profile: { type: "boolean", default: false },
  },
});
if (options.prefix === undefined) throw new Error("--prefix: the folder of an installation");
const app = join(resolve(options.prefix), "lib", "akuvox-cpe");
const flags = (options.flags ?? readFileSync(join(app, "node-flags"), "utf8")).trim().split(/\s+/).filter(Boolean);
// The phone accepts 200 connection requests a second: bench-acs sends the next one by setImmediate.
globalThis.setImmediate = (send, ...args) => setTimeout(send, PAUSE_MS, ...args);
const { createBenchAcs } = await import(pathToFileURL(resolve(ROOT, options.tools, "bench-acs.mjs")).href);
const work = mkdtempSync(join(tmpdir(), "akuvox-cpe-cpu-"));
const warmup = Number(options.warmup);
const sessions = Number(options.sessions);

/** Nanoseconds on a CPU, of all threads. */
function cpuTime(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const used = threads.map((id) => Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, "utf8").split(" ")[0]));
  return used.reduce((sum, nanoseconds) => sum + nanoseconds, 0);
}

function rssMiB(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
}

/** In the place of the program, where it finds the data model: what starts it, and the bundle. */
async function readableBundle() {
  const folder = join(work, "app", "dist", "cli");
  mkdirSync(folder, { recursive: true });
  for (const file of ["dist/datamodel.json", "package.json"]) {
    writeFileSync(join(work, "app", file), readFileSync(join(app, file)));
  }
  const { files } = await bundle(join(ROOT, "src", "cli", "main.ts"), { minify: false });
  for (const { name, text } of files) writeFileSync(join(folder, name), text);
  const starter = readFileSync(join(ROOT, "packaging", "main.cjs"), "utf8");
  const main = join(folder, "main.cjs");
  writeFileSync(main, starter.replaceAll("@BUNDLE@", files[0].name));
  return { main, text: join(folder, files[0].name) };
}

const readable = options.profile ? await readableBundle() : null;
const program = readable?.main ?? mainOf(resolve(options.prefix));
const acs = createBenchAcs({ get: options.get, retrigger: true, crAuth: { user: "u", pass: "p" } });
await new Promise((listening) => acs.server.listen(0, "127.0.0.1", listening));
const settings = join(work, "phone.yaml");
writeFileSync(
  settings,
  `tr069: { enable: true, acs: { url: "http://127.0.0.1:${acs.server.address().port}/" }, cpe: { username: u, password: p } }
backend: { type: simulated, file: "${work}/phone.cfg" }
listen: { address: 127.0.0.1, port: 0, requestsPerMinute: 60000 }
stateFolder: "${work}/agent"
`,
);
const profiling = options.profile ? ["--cpu-prof", `--cpu-prof-dir=${work}/profile`, "--cpu-prof-interval=500"] : [];
const phone = spawn(process.execPath, [...flags, ...profiling, program, "run", "--config", settings], {
  stdio: "ignore",
  // As bin/akuvox-cpe sets them.
  env: {
    ...process.env,
    MALLOC_ARENA_MAX: "1",
    MALLOC_MMAP_THRESHOLD_: "65536",
    MALLOC_TRIM_THRESHOLD_: "65536",
  },
});
const ended = new Promise((resolved) => phone.once("exit", resolved));
const sessionsDone = async (count) => {
  let [done, since] = [0, Date.now()];
  while (acs.stats.sessions < count) {
    if (phone.exitCode !== null) throw new Error(`the phone ended with ${phone.exitCode}`);
    if (acs.stats.sessions > done) [done, since] = [acs.stats.sessions, Date.now()];
    if (Date.now() - since > LIMIT_MS) {
      phone.kill("SIGKILL");
      throw new Error(`no session followed the first ${done}`);
    }
    await new Promise((resolved) => setTimeout(resolved, 2));
  }
};
const { stats } = acs;
await sessionsDone(1);
const first = rssMiB(phone.pid);
await sessionsDone(warmup);
const microseconds = () => Number(process.hrtime.bigint() / 1000n);
const [from, fromCpu, fromTime] = [stats.sessions, cpuTime(phone.pid), microseconds()];
await sessionsDone(from + sessions);
const [to, toCpu, toTime] = [stats.sessions, cpuTime(phone.pid), microseconds()];
const rss = rssMiB(phone.pid);
phone.kill("SIGTERM");
await ended;
acs.server.close();
acs.server.closeAllConnections();
const ms = (toCpu - fromCpu) / 1e6 / (to - from);
console.log(
  `${ms.toFixed(2)} ms CPU a session (${to - from} sessions, faults ${stats.faults}, refused ${stats.badRequests}); ` +
    `RSS ${first.toFixed(1)} MiB at the first, ${rss.toFixed(1)} MiB after ${to}; flags: ${flags.join(" ") || "none"}`,
);
if (readable !== null) {
  reportProfile(join(work, "profile"), readable.text, { from: fromTime, to: toTime, sessions: to - from });
}
rmSync(work, { recursive: true, force: true });
