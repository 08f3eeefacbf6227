/** A fleet in several processes that one command starts. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as passed } from "node:timers/promises";
import { createAcs } from "../../../src/acs/acs.ts";
import type { FleetSummary } from "../../../src/fleet/summary.ts";
import { createSystemClock } from "../../../src/system/clock.ts";
import { createScheduler } from "../../../src/system/scheduler.ts";
import { createSystemRandom } from "../../../src/system/system-random.ts";
import { runCommand } from "../../helpers/commands.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";
import { PROGRAM } from "../../helpers/typescript.ts";

async function startAcs(t: TestContext) {
  const clock = createSystemClock();
  const acs = await createAcs({
    ...{ address: "127.0.0.1", port: 0, clock, random: createSystemRandom() },
    authentication: { scheme: "none" },
    connectionRequestCredentials: { username: "acs", password: "hush-cpe" },
    scheduler: createScheduler(clock, () => {}),
  });
  t.after(() => acs.close());
  return acs;
}

type Line = Readonly<Record<string, unknown>>;

function start(t: TestContext, args: readonly string[]) {
  const child = spawn(process.execPath, [...PROGRAM, "fleet", "--json", "--rate", "1000", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  let [text, errors] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
  child.stderr.setEncoding("utf8").on("data", (part: string) => (errors += part));
  const lines = (): readonly Line[] =>
    text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  return {
    child,
    ended: once(child, "close").then(([code]) => code as number | null),
    errors: () => errors,
    lines,
    result: () => (lines().find(({ kind }) => kind === "result") ?? assert.fail(errors)) as unknown as FleetSummary,
    async untilLine(holds: (line: Line) => boolean): Promise<void> {
      while (!lines().some(holds)) {
        if (child.exitCode !== null) assert.fail(errors);
        await once(child.stdout, "data");
      }
    },
    /** Process numbers, by their parts. */
    workers: () => workersOf(child.pid ?? 0),
  };
}

async function workersOf(pid: number): Promise<ReadonlyMap<string, number>> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).trim().split(" ").map(Number);
  const found = new Map<string, number>();
  for (const child of children) {
    const [, shard] = /--shard\0([^\0]+)/.exec(await readFile(`/proc/${child}/cmdline`, "utf8").catch(() => "")) ?? [];
    if (shard !== undefined) found.set(shard, child);
  }
  return found;
}

test("two workers are one fleet: each phone once, figures and result are the sum, thresholds hold over all, SIGTERM ends all", async (t) => {
  const acs = await startAcs(t);
  const folder = await temporaryFolder(t);
  const [state, report] = [join(folder, "state"), join(folder, "report.html")];
  const thresholds = ["--threshold", "reached == 31", "p99 < 1000s"];
  const args = ["--count", "31", "--acs", acs.url, "--workers", "2", "--state-dir", state, ...thresholds];
  const fleet = start(t, [...args, "--report", report]);
  await fleet.untilLine(({ kind, reached }) => kind === "moment" && reached === 31);
  const workers = await fleet.workers();
  assert.deepEqual([...workers.keys()].sort(), ["0/2", "1/2"]);
  fleet.child.kill("SIGTERM");
  assert.equal(await fleet.ended, 0, fleet.errors());
  const { counts, phones, shards, failure, requests, thresholds: judged } = fleet.result();
  assert.deepEqual([counts.started, counts.reached, phones, shards.length, failure], [31, 31, 31, 2, null]);
  assert.ok(requests.count >= 62);
  assert.deepEqual(
    judged.map(({ holds }) => holds),
    [true, true],
  );
  assert.equal(new Set(acs.devices().map(({ id }) => id)).size, 31);
  assert.ok(fleet.lines().every((line) => line.kind !== "moment" || line.phones === 31));
  assert.match(await readFile(report, "utf8"), /<html/);
  for (const pid of workers.values()) assert.equal(isAlive(pid), false);

  // They come back with their state; with another number of workers they would not.
  const again = start(t, [...args, "--duration", "3600"]);
  await again.untilLine(({ kind, reached }) => kind === "moment" && reached === 31);
  again.child.kill("SIGTERM");
  assert.equal(await again.ended, 0, again.errors());
  assert.deepEqual(again.result().groups.phones?.tallies.events, { "1 BOOT": 31 });
  for (const [wrong, made] of [
    [["--workers", "3"], "with --workers 2"],
    [[], "with --workers 2"],
  ] as const) {
    const refused = await runCommand(["fleet", "--acs", acs.url, "--state-dir", state, ...wrong]);
    assert.equal(refused.exitCode, 2);
    assert.ok(refused.stderr.includes(`was made ${made}: start it so`), refused.stderr);
  }
});

test("a worker that dies is told, the others go on, and the exit code is 1", async (t) => {
  const acs = await startAcs(t);
  const fleet = start(t, ["--count", "20", "--acs", acs.url, "--workers", "2"]);
  await fleet.untilLine(({ kind, reached }) => kind === "moment" && reached === 20);
  const victim = (await fleet.workers()).get("1/2") ?? assert.fail();
  process.kill(victim, "SIGKILL");
  const death = "worker 2 of 2 has died (SIGKILL)";
  await fleet.untilLine(({ kind, message }) => kind === "notice" && message === `${death}: its phones are gone`);
  assert.equal(fleet.child.exitCode, null);
  fleet.child.kill("SIGTERM");
  assert.equal(await fleet.ended, 1);
  const { failure, counts } = fleet.result();
  assert.equal(failure, `${death}; 10 of 20 phones are in none of the results`);
  assert.equal(counts.started, 10);
});

test("a part that fails ends the others, and workers end with the process that has started them", async (t) => {
  const acs = await startAcs(t);
  const folder = await temporaryFolder(t);
  // The second worker cannot use its state folder.
  await mkdir(join(folder, "worker-1-of-2", "phones.state"), { recursive: true });
  const args = ["--count", "20", "--acs", acs.url, "--workers", "2"];
  const failing = start(t, [...args, "--state-dir", folder]);
  assert.equal(await failing.ended, 1);
  assert.match(failing.errors(), /worker-1-of-2/);

  const killed = start(t, args);
  await killed.untilLine(({ kind, reached }) => kind === "moment" && reached === 20);
  const workers = [...(await killed.workers()).values()];
  assert.equal(workers.length, 2);
  killed.child.kill("SIGKILL");
  await killed.ended;
  while (workers.some(isAlive)) await passed(20);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("a fleet in two workers is reached at one socket and one port for metrics; one that hangs or dies is told, and its phones are gone", async (t) => {
  const acs = await startAcs(t);
  const folder = await temporaryFolder(t);
  const [file, socket] = [join(folder, "fleet.yaml"), join(folder, "fleet.sock")];
  await writeFile(file, "settings: { metrics: { enable: true, port: 0 }, log: { level: info } }\n");
  const args = [file, "--count", "20", "--acs", acs.url, "--workers", "2", "--control-socket", socket];
  const fleet = start(t, args);
  const run = (...words: readonly string[]) => runCommand(words, { AKUVOX_CPE_CONTROL_SOCKET: socket });
  const told = (wanted: string) => fleet.untilLine(({ message }) => message === wanted);
  await fleet.untilLine(({ kind, reached }) => kind === "moment" && reached === 20);
  const workers = await fleet.workers();
  const victim = workers.get("1/2") ?? assert.fail();
  const places = (await socketsOf(workers)).map((path) => dirname(path));
  assert.equal(new Set(places).size, 1);
  assert.equal((await stat(places[0] ?? "")).mode & 0o777, 0o700);

  assert.match((await run("fleet", "status")).stdout, /^Phones +20: .*20 reached the ACS$/m);
  assert.match((await run("status", "--phone", "phones-000015")).stdout, /0C110500000F/);
  assert.match((await run("autop", "export", "--passwords", "--phone", "phones-000015")).stdout, /^Config\./m);
  assert.equal((await run("fleet", "pause", "--all")).stdout, "20 phones: they are paused\n");
  assert.equal((await run("fleet", "resume", "--all")).stdout, "20 phones: they go on\n");
  const metrics = /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(fleet.errors())?.[0] ?? assert.fail(fleet.errors());
  assert.match(await (await fetch(metrics)).text(), /^akuvox_cpe_fleet_phones_reached\{group="phones"\} 20$/m);
  assert.equal(fleet.errors().match(/Metrics are at/g)?.length, 1);

  process.kill(victim, "SIGSTOP");
  await told("worker 2 of 2 does not answer: its phones count as gone until it does");
  const list = await run("fleet", "list", "--state", "gone", "--json");
  assert.equal(JSON.parse(list.stdout).total, 10);
  const pause = await run("fleet", "pause", "--all");
  assert.equal(pause.exitCode, 1);
  assert.match(pause.stderr, /worker 2 of 2 does not answer; the other workers did it for 10 phones/);
  process.kill(victim, "SIGCONT");
  await told("worker 2 of 2 answers again");
  assert.equal((await run("fleet", "resume", "--all")).exitCode, 0);
  process.kill(victim, "SIGKILL");
  await told("worker 2 of 2 has died (SIGKILL): its phones are gone");
  assert.match((await run("fleet", "status")).stdout, /10 gone/);
  assert.equal((await run("status", "--phone", "phones-000016")).exitCode, 0);
  fleet.child.kill("SIGTERM");
  assert.equal(await fleet.ended, 1);
  assert.ok(!existsSync(socket) && !existsSync(places[0] ?? ""), "nothing is left behind");

  const killed = start(t, args);
  await killed.untilLine(({ kind, reached }) => kind === "moment" && reached === 20);
  const orphans = await killed.workers();
  const [place = ""] = await socketsOf(orphans);
  killed.child.kill("SIGKILL");
  await killed.ended;
  while ([...orphans.values()].some(isAlive)) await passed(20);
  assert.ok(!existsSync(dirname(place)), "what the parent cannot remove, the workers do");
});

/** Where workers can be asked by their parent. */
async function socketsOf(workers: ReadonlyMap<string, number>): Promise<readonly string[]> {
  const lines = await Promise.all([...workers.values()].map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8")));
  return lines.map((line) => /--control-socket=([^\0]+)/.exec(line)?.[1] ?? assert.fail(line));
}

test("a page whose port is in use ends the start before any worker is there", async (t) => {
  const acs = await startAcs(t);
  const file = join(await temporaryFolder(t), "fleet.yaml");
  const { port } = new URL(acs.url);
  await writeFile(file, `settings: { web: { enable: true, username: a, password: hush-web, port: ${port} } }\n`);
  const { exitCode, stdout, stderr } = await runCommand(["fleet", file, "--acs", acs.url, "--workers", "2"]);
  assert.deepEqual([exitCode, stdout], [1, ""]);
  assert.match(stderr, /cannot serve the web page/);
});
