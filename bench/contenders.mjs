/**
 * The contenders: our program as built and as packed, the lower bounds, and peers. Each is a command that takes the URL
 * of an ACS.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "..");

function sh(command, ...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: "utf8", maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}:\n${stderr.trim()}`);
  return stdout;
}

export function buildProgram() {
  sh("npm", "run", "-s", "build");
}

/** Packs and installs the program, which is built, below `work`. */
export function installProgram(work) {
  sh(process.execPath, "scripts/package.mjs", work);
  sh("sh", "-ec", 'cd "$1" && tar -xzf akuvox-cpe-*.tar.gz', "sh", work);
  const folders = ["--prefix", join(work, "usr"), "--etc", join(work, "etc"), "--state", join(work, "state")];
  sh("sh", "-c", 'exec "$0"/akuvox-cpe-*/install.sh "$@"', work, ...folders, "--init", "none");
  return join(work, "usr");
}

/** Settings of a new phone with Digest on its connection requests, and the log of sessions on. */
export function phoneSettings(url, folder) {
  const file = join(folder, "phone.yaml");
  writeFileSync(
    file,
    `tr069: { enable: true, acs: { url: "${url}" }, cpe: { username: u, password: p } }
backend: { type: simulated, file: "${folder}/phone.cfg" }
listen: { address: 127.0.0.1, port: 0, requestsPerMinute: 60000 }
stateFolder: "${folder}/agent"
`,
  );
  return file;
}

/** In the fleet of `fleet`. */
export const FLEET_PHONES = 100;

/** A fleet whose phones have their state in memory and begin a session each second, one after another. */
function fleetSettings(url, folder) {
  const file = join(folder, "fleet.yaml");
  writeFileSync(
    file,
    `acs: "${url}"
ramp: { perSecond: ${FLEET_PHONES} }
periodicPhases: even
settings:
  tr069: { periodicInform: { enable: true, interval: 1 } }
  listen: { address: 127.0.0.1, port: 0 }
groups: [{ name: phones, count: ${FLEET_PHONES} }]
`,
  );
  return file;
}

/** What starts the program of an installation; before 1 December 2026 it was named main.cjs. */
export function mainOf(prefix) {
  const folder = join(prefix, "lib", "akuvox-cpe", "dist", "cli");
  return ["main.js", "main.cjs"].map((name) => join(folder, name)).find(existsSync);
}

/**
 * `command(url, folder)`, run in `cwd`. `asked`: sessions come by connection request, else back to back. `byConnection`: it sends
 * no cookie back.
 *
 * @param options folders of `tools`, `prefix` (an installation), and, which may be undefined, of `earlier` (an installation of another
 *   version) and of peers with what they need installed
 */
export function contenders({ tools, prefix, earlier, genieacsSim, cwmpSim }) {
  const node = process.execPath;
  const floor = (...args) => [node, join(tools, "floor.mjs"), ...args];
  const built = [node, join(ROOT, "dist", "cli", "main.js")];
  const known = {
    "canned undici": { asked: false, command: (url) => floor("sessions", url, "--fresh") },
    "canned, asked for": { asked: true, command: (url) => [node, join(ROOT, "bench", "asked-floor.mjs"), url] },
    // Informs alone, over one connection.
    "canned Informs": { asked: false, command: (url) => floor("posts", url) },
    "bare HTTP server": { asked: false, command: () => floor("idle") },
    built: { asked: true, command: (url, folder) => [...built, "run", "--config", phoneSettings(url, folder)] },
    fleet: { asked: false, command: (url, folder) => [...built, "fleet", fleetSettings(url, folder)] },
    packed: {
      asked: true,
      command: (url, folder) => [join(prefix, "bin", "akuvox-cpe"), "run", "--config", phoneSettings(url, folder)],
    },
    // Without V8 flags, as `built`.
    earlier: earlier && {
      asked: true,
      command: (url, folder) => [node, mainOf(earlier), "run", "--config", phoneSettings(url, folder)],
    },
    // Its data model is a file of the folder that it is run in.
    "genieacs-sim": genieacsSim && {
      asked: true,
      cwd: genieacsSim,
      command: (url) => [node, "genieacs-sim", "--acs-url", url],
    },
    "cwmp-sim": cwmpSim && {
      asked: true,
      byConnection: true,
      cwd: cwmpSim,
      command: (url) => [node, "dist/main.js", "--acs", url, "--ip", "127.0.0.1", "--port", "17547", "--serial", "S1"],
    },
  };
  return Object.fromEntries(Object.entries(known).filter(([, one]) => one));
}

/** The process and all that it has started, such as the workers of a cluster. */
function treeOf(root) {
  const children = new Map();
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
    } catch {
      // It has ended meanwhile.
    }
  }
  const below = (pid) => [pid, ...(children.get(pid) ?? []).flatMap(below)];
  return below(root);
}

/** One contender at an ACS of its own, which runs in this process. */
export class Runner {
  /** When it was started, on the clock of performance. */
  startedMs = 0;

  static async start({ command, asked, byConnection = false, cwd = ROOT }, { createAcs, get, work }) {
    const runner = new Runner();
    runner.folder = mkdtempSync(join(work, "run-"));
    runner.firstInform = new Promise((resolve) => {
      const onFirstInform = () => resolve(performance.now());
      const crAuth = { user: "u", pass: "p" };
      runner.acs = createAcs({ get, retrigger: asked, byConnection, crAuth, onFirstInform });
    });
    await new Promise((listening) => runner.acs.server.listen(0, "127.0.0.1", listening));
    const [file, ...args] = command(`http://127.0.0.1:${runner.acs.server.address().port}/`, runner.folder);
    runner.startedMs = performance.now();
    // On one core, and in a process group of its own, so that all of it can be stopped.
    runner.child = spawn("taskset", ["-c", "1", file, ...args], { cwd, stdio: "ignore", detached: true });
    process.once("exit", runner.kill);
    return runner;
  }

  /** It may be stopped: nothing of it outlives the measurement. */
  kill = () => {
    if (this.child.exitCode === null && this.child.signalCode === null) this.signal("SIGKILL");
  };

  signal(name) {
    process.kill(-this.child.pid, name);
  }

  /** Milliseconds on a CPU, of all its threads. */
  cpuMs() {
    const tasks = treeOf(this.child.pid).flatMap((pid) =>
      readdirSync(`/proc/${pid}/task`).map((id) => `/proc/${pid}/task/${id}/schedstat`),
    );
    return tasks.reduce((sum, file) => sum + Number(readFileSync(file, "utf8").split(" ")[0]) / 1e6, 0);
  }

  rssMiB() {
    const kib = treeOf(this.child.pid).map((pid) =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0),
    );
    return kib.reduce((sum, one) => sum + one, 0) / 1024;
  }

  /** Waits for so many sessions from now on, and answers how many there were. Throws where none comes for a minute. */
  async sessions(count) {
    const { stats } = this.acs;
    const from = stats.sessions;
    let [seen, sinceMs] = [from, performance.now()];
    while (stats.sessions < from + count) {
      if (stats.sessions > seen) [seen, sinceMs] = [stats.sessions, performance.now()];
      if (this.child.exitCode !== null)
        throw new Error(`${this.child.spawnargs.slice(3).join(" ")} ended with ${this.child.exitCode}`);
      if (performance.now() - sinceMs > 60_000) throw new Error(`no session followed the first ${seen}`);
      await new Promise((passed) => setTimeout(passed, 1));
    }
    if (stats.faults + stats.badRequests > 0) throw new Error(`${stats.faults} faults, ${stats.badRequests} refused`);
    return stats.sessions - from;
  }

  async end() {
    process.off("exit", this.kill);
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = new Promise((resolve) => this.child.once("exit", resolve));
      this.kill();
      await ended;
    }
    this.acs.server.closeAllConnections();
    this.acs.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
