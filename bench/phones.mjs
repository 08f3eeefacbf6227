/**
 * Heap of an idle phone, many of them in one process: real phones, bundled as the program is, simulated, in memory,
 * with one connection request port, against an ACS of a process of its own that takes each Inform and asks nothing.
 *
 *   node --expose-gc bench/phones.mjs [--phones 10000] [--rounds 2] [--snapshot FILE] [--root DIR]
 *
 * Prints the heap a phone that waits, and the CPU of a start and of a bare Inform session (this process alone). --snapshot
 * writes a heap snapshot of the idle phones: use fewer then. --root is a worktree of another version.
 */
import { fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as passed } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeHeapSnapshot } from "node:v8";
import { createBareAcs } from "./bare-acs.mjs";
import { loadSources } from "./load-sources.mjs";

const ACS = "acs";
const AT_ONCE = 64;
const SETTLED_MS = 10_000;
const IDLE_MS = 30_000;

/** The ACS, in a process of its own. */
function serve() {
  const { server } = createBareAcs();
  server.listen(0, "127.0.0.1", () => process.send(server.address().port));
  process.on("disconnect", () => process.exit());
}

async function startAcs() {
  const child = fork(fileURLToPath(import.meta.url), [ACS], { execArgv: [] });
  const [port] = await new Promise((started) => child.once("message", (...message) => started(message)));
  return { url: `http://127.0.0.1:${port}/`, close: () => child.disconnect() };
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {}, child: () => SILENT };

async function measure({ phones: count, rounds, snapshot, root }) {
  const sources = await loadSources(root, {
    "config/load-config.ts": ["loadConfig"],
    "config/open-data-model.ts": ["openDataModel"],
    "daemon/phones/create-phone.ts": ["createPhone"],
    "daemon/phones/phone-kind.ts": ["createPhoneKind"],
    "daemon/phones/shared-parts.ts": ["createProcessPorts", "openSharedParts"],
    "daemon/this-host.ts": ["lookAtThisHost"],
    "storage/value-state-store.ts": ["createValueStateStore"],
  });
  const { loadConfig, openDataModel, createPhone, createPhoneKind } = sources;
  const { createProcessPorts, openSharedParts, lookAtThisHost, createValueStateStore } = sources;

  const work = mkdtempSync(join(tmpdir(), "akuvox-cpe-phones-"));
  process.on("exit", () => rmSync(work, { recursive: true, force: true }));
  const acs = await startAcs();
  const file = join(work, "phones.yaml");
  writeFileSync(
    file,
    `tr069:
  enable: true
  acs: { url: "${acs.url}", username: u, password: p }
  cpe: { username: u, password: p }
  periodicInform: { enable: true, interval: 86400 }
backend: { type: simulated, inMemory: true }
listen: { address: 127.0.0.1, port: 0 }
`,
    { mode: 0o600 },
  );
  const config = loadConfig(file, {});
  const kind = createPhoneKind(config, await openDataModel(null, []));
  const host = await lookAtThisHost(config);
  const ports = createProcessPorts(SILENT);
  const shared = await openSharedParts(ports, { config, version: "0.0.0", udp: false });
  const own = (index) => {
    const mac = `0c1105${index.toString(16).padStart(6, "0")}`;
    const identity = { ...host.identity, mac: mac.replace(/..(?!$)/g, "$&:"), serialNumber: mac.toUpperCase() };
    const name = `phone-${index}`;
    return { name, kind, identity, host, state: createValueStateStore(), folder: join(work, name) };
  };

  const all = [];
  const each = async (first, run) => {
    let next = first;
    const worker = async () => {
      while (next < count) await run(next++);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  };
  const untilIdle = async (sessions) => {
    for (const { agent } of all)
      while (agent.history.count < sessions || agent.status().phase !== "idle") await passed(5);
  };
  /** The first one loads what is loaded only then, and makes what all share. */
  all.push(await createPhone(shared, own(0)));
  await all[0].agent.start();
  await untilIdle(1);

  const heap = async () => {
    await passed(200);
    for (let turn = 0; turn < 4; turn++) globalThis.gc();
    return process.memoryUsage().heapUsed;
  };
  const cpuMs = (since) => {
    const { user, system } = process.cpuUsage(since);
    return (user + system) / 1000;
  };
  const before = await heap();
  const beginning = process.cpuUsage();
  await each(1, async (index) => {
    const phone = await createPhone(shared, own(index));
    all[index] = phone;
    await phone.agent.start();
    while (phone.agent.history.count === 0) await passed(1);
  });
  await untilIdle(1);
  const startMs = cpuMs(beginning) / (count - 1);
  const after = await heap();
  console.log(
    `${(Math.round((after - before) / (count - 1) / 10.24) / 100).toFixed(2)} KiB heap an idle phone (${count} phones)`,
  );
  console.log(
    `${startMs.toFixed(2)} ms CPU a start with its first session; RSS ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB`,
  );
  if (snapshot !== undefined) console.log(`snapshot: ${writeHeapSnapshot(resolve(snapshot))}`);
  for (let round = 1; round <= rounds; round++) {
    const from = process.cpuUsage();
    await each(0, async (index) => {
      const { agent } = all[index];
      await agent.local.inform("2 PERIODIC");
      while (agent.history.count <= round) await passed(1);
    });
    await untilIdle(round + 1);
    console.log(`round ${round}: ${(cpuMs(from) / count).toFixed(2)} ms CPU a bare Inform session`);
  }
  if (rounds > 0)
    console.log(`${(((await heap()) - before) / (count - 1) / 1024).toFixed(2)} KiB heap an idle phone after that`);
  // Not at once: undici looks after the connections of the last sessions for some seconds more.
  await passed(SETTLED_MS);
  const idleFrom = process.cpuUsage();
  await passed(IDLE_MS);
  console.log(`${((cpuMs(idleFrom) / IDLE_MS) * 100).toFixed(2)} % of a core while they wait`);
  await Promise.all(all.map((phone) => phone.close()));
  await shared.close();
  acs.close();
}

if (process.argv[2] === ACS) serve();
else {
  const { values } = parseArgs({
    options: {
      phones: { type: "string", default: "10000" },
      rounds: { type: "string", default: "2" },
      snapshot: { type: "string" },
      root: { type: "string", default: join(import.meta.dirname, "..") },
    },
  });
  if (globalThis.gc === undefined) throw new Error("node --expose-gc bench/phones.mjs");
  const { phones, rounds, snapshot, root } = values;
  await measure({ phones: Number(phones), rounds: Number(rounds), snapshot, root: resolve(root) });
}
