/**
 * Measures the cost of a fleet: `npm run build && node bench/fleet-cost.mjs --phones 2000 --interval 60 --seconds
 * 120`. An ACS that accepts each Inform without requests counts bytes and connections; `akuvox-cpe fleet` is a
 * separate process, measured by the kernel.
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createBareAcs } from "./bare-acs.mjs";

const { values } = parseArgs({
  options: {
    phones: { type: "string", default: "2000" },
    rate: { type: "string", default: "100" },
    interval: { type: "string", default: "60" },
    seconds: { type: "string", default: "120" },
  },
});
const [phones, seconds] = [Number(values.phones), Number(values.seconds)];
const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const TICKS_A_SECOND = 100;

const wire = { connections: 0, bytes: 0 };
const { server, stats } = createBareAcs();
server.on("connection", (socket) => {
  wire.connections++;
  socket.on("close", () => {
    wire.bytes += socket.bytesRead + socket.bytesWritten;
  });
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));

const env = {
  ...process.env,
  AKUVOX_CPE_PERIODIC_INFORM_ENABLE: "true",
  AKUVOX_CPE_PERIODIC_INFORM_INTERVAL: values.interval,
  AKUVOX_CPE_LISTEN_ADDRESS: "127.0.0.1",
};
const acs = `http://127.0.0.1:${server.address().port}/`;
const fleet = spawn(
  process.execPath,
  [MAIN, "fleet", "--count", values.phones, "--acs", acs, "--rate", values.rate, "--json"],
  {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  },
);
let reached = 0;
createInterface({ input: fleet.stdout }).on("line", (line) => {
  const message = JSON.parse(line);
  if (message.kind === "moment") reached = message.reached;
});

/** Of the fleet's process, by the kernel: CPU in milliseconds, resident memory in MiB, open files. */
function taken() {
  const status = readFileSync(`/proc/${fleet.pid}/status`, "utf8");
  const stat = readFileSync(`/proc/${fleet.pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_A_SECOND,
    rssMiB: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024,
    files: readdirSync(`/proc/${fleet.pid}/fd`).length,
    sessions: stats.sessions,
    ...wire,
  };
}

while (stats.sessions === 0) await delay(50);
const empty = taken();
while (reached < phones) await delay(100);
await delay(2000);
const up = taken();
let most = up.files;
for (const end = performance.now() + seconds * 1000; performance.now() < end; await delay(500))
  most = Math.max(most, taken().files);
const end = taken();
/** Connections in TIME-WAIT (state 06) whose local, and whose remote, port is that of the ACS. */
const port = server.address().port.toString(16).toUpperCase().padStart(4, "0");
const waiting = readFileSync("/proc/net/tcp", "utf8")
  .split("\n")
  .map((line) => line.trim().split(/\s+/))
  .filter(([, , , state]) => state === "06");
const waitingAt = (column) => waiting.filter((fields) => fields[column]?.endsWith(`:${port}`)).length;
const ports = { acs: waitingAt(1), phones: waitingAt(2) };
const steady = end.sessions - up.sessions;
const rows = {
  phones: phones,
  "resident memory, first phone (MiB)": empty.rssMiB,
  "resident memory, all up (MiB)": up.rssMiB,
  "resident memory at the end (MiB)": end.rssMiB,
  "memory a phone, all up (KiB)": ((up.rssMiB - empty.rssMiB) * 1024) / phones,
  "memory a phone at the end (KiB)": ((end.rssMiB - empty.rssMiB) * 1024) / phones,
  "CPU of a start with its first session (ms)": (up.cpuMs - empty.cpuMs) / (up.sessions - empty.sessions),
  "sessions afterwards": steady,
  "CPU of a bare session (ms)": (end.cpuMs - up.cpuMs) / steady,
  "connections a session": (end.connections - up.connections) / steady,
  "bytes a session, both ways": (end.bytes - up.bytes) / steady,
  "open files, most": most,
  "ports in TIME-WAIT at the phones": ports.phones,
  "ports in TIME-WAIT at the ACS": ports.acs,
};
fleet.kill("SIGTERM");
server.close();
for (const [name, value] of Object.entries(rows)) console.log(`${name.padEnd(46)} ${Math.round(value * 100) / 100}`);
