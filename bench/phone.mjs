/**
 * The figures of docs/performance.md: the installed package beside what Node and undici cost by themselves, run by run in
 * turns, medians. Linux. The ACS and the floors are the tools of a folder that holds bench-acs.mjs, measure.mjs, floor.mjs:
 *
 *   node bench/phone.mjs --tools ../shared/tools/bench-acs [--runs 5] [--prefix /usr/local] [--flags "--max-semi-space-size=1"]
 *
 * Without --prefix the package is made and installed into a temporary folder. --flags stands in for the V8 flags that the
 * installation chose (it changes that installation); empty: none.
 */
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as passed } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values: options } = parseArgs({
  options: {
    tools: { type: "string", default: "../shared/tools/bench-acs" },
    runs: { type: "string", default: "5" },
    prefix: { type: "string" },
    flags: { type: "string" },
    sessions: { type: "string", default: "1000" },
    seconds: { type: "string", default: "10" },
  },
});
const tools = resolve(ROOT, options.tools);
const work = mkdtempSync(join(tmpdir(), "akuvox-cpe-bench-"));
process.on("exit", () => rmSync(work, { recursive: true, force: true }));

function sh(command, ...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: "utf8", maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}:\n${stderr.trim()}`);
  return stdout;
}

function install() {
  sh(process.execPath, "scripts/package.mjs", work);
  sh("sh", "-ec", 'cd "$1" && tar -xzf akuvox-cpe-*.tar.gz', "sh", work);
  const folders = ["--prefix", join(work, "usr"), "--etc", join(work, "etc"), "--state", join(work, "state")];
  sh("sh", "-c", 'exec "$0"/akuvox-cpe-*/install.sh "$@"', work, ...folders, "--init", "none");
  return join(work, "usr");
}

const prefix = options.prefix ?? install();
const app = join(prefix, "lib", "akuvox-cpe");
if (options.flags !== undefined) {
  writeFileSync(join(app, "node-flags"), `${options.flags}\n`);
  // Compiled code is good for the flags that it was made with alone.
  sh(process.execPath, ...options.flags.split(" ").filter(Boolean), join(app, "dist/cli/compile.cjs"));
}

/** A new phone each time: state and settings anew. */
const phone = join(work, "phone.sh");
writeFileSync(
  phone,
  `#!/bin/sh
rm -rf "${work}/phone"
cat >"${work}/phone.yaml" <<YAML
tr069: { enable: true, acs: { url: "$1" }, cpe: { username: u, password: p } }
backend: { type: simulated, file: "${work}/phone/phone.cfg" }
listen: { address: 127.0.0.1, port: 0, requestsPerMinute: 60000 }
stateFolder: "${work}/phone/agent"
YAML
exec "${prefix}/bin/akuvox-cpe" run --config "${work}/phone.yaml"
`,
);
chmodSync(phone, 0o755);

/** One run of measure.mjs: its figures. */
function measure(mode, args, command) {
  const all = [
    mode,
    "--name",
    "x",
    "--runs",
    "1",
    "--pause",
    "0.3",
    "--log",
    join(work, "log"),
    ...args,
    "--",
    ...command,
  ];
  return JSON.parse(
    sh(process.execPath, join(tools, "measure.mjs"), ...all)
      .trim()
      .split("\n")
      .at(-1),
  );
}

async function bareServer() {
  const child = spawn(process.execPath, [join(tools, "floor.mjs"), "idle"], { cwd: ROOT, stdio: "ignore" });
  await passed(2000);
  const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"));
  child.kill();
  return Number(kib) / 1024;
}

/** At a pace that the phone takes: it accepts 200 connection requests a second. */
function cpuOfSession() {
  const told = sh(process.execPath, "bench/session-cpu.mjs", "--tools", tools, "--prefix", prefix);
  return Number(/^[\d.]+/.exec(told)[0]);
}

const CANNED = [process.execPath, join(tools, "floor.mjs"), "sessions", "{url}", "--fresh"];
const PHONE = [phone, "{url}"];
const ONCE = ["--acs", "--get all"];
const AGAIN = ["--acs", "--get all --retrigger --cr-auth u:p"];
const START = ["--devices", "1", "--settle", "0", "--watch", "0.1", ...ONCE];
const MANY = ["--devices", options.sessions, "--settle", "3", "--timeout", "300", ...AGAIN];
const LOAD = ["--warmup", "3", "--seconds", options.seconds];
const many = `phone, ${options.sessions} sessions, RSS MiB`;
const series = {
  "bare server, RSS MiB": bareServer,
  "phone, 1 session, RSS MiB": () => measure("idle", ["--devices", "1", "--settle", "3", ...ONCE], PHONE).rss,
  [many]: () => measure("idle", MANY, PHONE).rss,
  "bare undici, spawn to Inform ms": () => measure("idle", START, CANNED).startupMs,
  "phone, spawn to Inform ms": () => measure("idle", START, PHONE).startupMs,
  "canned sessions, CPU ms": () => measure("load", [...LOAD, ...ONCE], CANNED).peerCpuMsPerSession,
  "phone sessions, CPU ms": cpuOfSession,
};
const goals = [
  ["phone, 1 session, RSS MiB", "bare server, RSS MiB", 1.35],
  [many, "bare server, RSS MiB", 1.35],
  ["phone, spawn to Inform ms", "bare undici, spawn to Inform ms", 1.3],
  ["phone sessions, CPU ms", "canned sessions, CPU ms", 2],
];

const found = Object.fromEntries(Object.keys(series).map((name) => [name, []]));
for (let run = 1; run <= Number(options.runs); run++) {
  for (const [name, take] of Object.entries(series)) {
    found[name].push(await take());
    console.log(`run ${run}: ${name}: ${found[name].at(-1)}`);
  }
}
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
console.log(`\nNode ${process.version}; flags: ${readFileSync(join(app, "node-flags"), "utf8").trim()}`);
for (const name of Object.keys(series)) console.log(`${name.padEnd(36)} ${median(found[name]).toFixed(1)}`);
for (const [name, floor, goal] of goals) {
  const ratio = median(found[name]) / median(found[floor]);
  console.log(`${name.padEnd(36)} ${ratio.toFixed(2)} × ${floor} (goal ${goal}): ${ratio <= goal ? "met" : "missed"}`);
}
if (options.prefix === undefined) {
  const archive = sh("sh", "-c", 'ls "$0"/*.tar.gz', work).trim();
  console.log(`${"package, bytes".padEnd(36)} ${statSync(archive).size}`);
}
