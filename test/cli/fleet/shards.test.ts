/** Parts of one fleet as processes, at one ACS. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createAcs } from "../../../src/acs/acs.ts";
import type { FleetSummary } from "../../../src/fleet/summary.ts";
import { createSystemClock } from "../../../src/system/clock.ts";
import { createScheduler } from "../../../src/system/scheduler.ts";
import { createSystemRandom } from "../../../src/system/system-random.ts";
import { runCommand } from "../../helpers/commands.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";
import { until } from "../../helpers/transport.ts";
import { PROGRAM } from "../../helpers/typescript.ts";

// On one Node only: parts of a fleet and their sum are the same on every Node.

const SIZE = 31;

async function startAcs(t: TestContext) {
  const clock = createSystemClock();
  const users = new Map([["u", "hush"]]);
  const acs = await createAcs({
    ...{ address: "127.0.0.1", port: 0, clock, random: createSystemRandom() },
    authentication: { scheme: "digest", users },
    connectionRequestCredentials: { username: "acs", password: "hush-cpe" },
    scheduler: createScheduler(clock, () => {}),
  });
  t.after(() => acs.close());
  return acs;
}

function start(t: TestContext, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [...PROGRAM, "fleet", ...args], {
    ...{ stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } },
  });
  t.after(() => child.kill("SIGKILL"));
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
  child.stderr.setEncoding("utf8").on("data", (part: string) => (text += part));
  return { child, ended: once(child, "close"), text: () => text };
}

test("three processes without numbers of their own are one fleet: every phone once, and a result that is the sum of theirs", async (t) => {
  const acs = await startAcs(t);
  const folder = await temporaryFolder(t);
  const [file, results] = [join(folder, "fleet.yaml"), join(folder, "results")];
  const settings = { tr069: { acs: { username: "u", password: "hush" } }, listen: { address: "127.0.0.1" } };
  const groups = [
    { name: "north", count: 20 },
    { name: "south", count: SIZE - 20, firstIndex: 100 },
  ];
  const thresholds = [`reached == ${SIZE}`, "faults == 0"];
  const fleet = { acs: acs.url, seed: "parts", ramp: { perSecond: 3000 }, settings, groups, thresholds };
  await writeFile(file, JSON.stringify(fleet));
  const processes = [0, 1, 2].map(() => start(t, [file, "--shards", "3", "--results", results, "--json"]));
  const reached = (): number =>
    processes.reduce((sum, { text }) => sum + Number(/.*"reached":(\d+)/s.exec(text())?.[1] ?? 0), 0);
  await until(() => reached() === SIZE || processes.some(({ child }) => child.exitCode !== null));
  for (const { child } of processes) child.kill("SIGTERM");
  for (const { ended, text } of processes) assert.deepEqual(await ended, [0, null], text());
  assert.equal(new Set(acs.devices().map(({ id }) => id)).size, SIZE);

  const files = (await readdir(results)).filter((name) => name.endsWith(".json")).map((name) => join(results, name));
  const parts = await Promise.all(files.map(async (one) => JSON.parse(await readFile(one, "utf8")) as FleetSummary));
  assert.deepEqual(parts.map(({ shards }) => shards[0]?.index).sort(), [0, 1, 2]);
  const merged = await runCommand(["report", "merge", ...files, "--json"]);
  assert.equal(merged.exitCode, 0, merged.stdout + merged.stderr);
  const { counts, phones, groups: all, requests } = JSON.parse(merged.stdout) as FleetSummary;
  const total = (read: (part: FleetSummary) => number): number => parts.reduce((sum, part) => sum + read(part), 0);
  assert.deepEqual([phones, counts.started, counts.reached], [SIZE, SIZE, SIZE]);
  assert.deepEqual([all.north?.phones, all.south?.phones], [20, 11]);
  assert.equal(
    counts.sessions,
    total((part) => part.counts.sessions),
  );
  assert.equal(
    requests.count,
    total((part) => part.requests.count),
  );
  assert.ok(requests.count >= SIZE * 2, String(requests.count));
});

test("in an Indexed Job the job's index is the part, and the result is the last line of stdout", async (t) => {
  const acs = await startAcs(t);
  const login = {
    AKUVOX_CPE_ACS_USERNAME: "u",
    AKUVOX_CPE_ACS_PASSWORD: "hush",
    AKUVOX_CPE_LISTEN_ADDRESS: "127.0.0.1",
  };
  const args = ["--count", "5", "--acs", acs.url, "--shards", "2", "--json"];
  const pod = start(t, args, { ...login, JOB_COMPLETION_INDEX: "1" });
  await until(() => /"reached":3/.test(pod.text()) || pod.child.exitCode !== null);
  pod.child.kill("SIGTERM");
  assert.deepEqual(await pod.ended, [0, null], pod.text());
  const last = pod.text().trim().split("\n").at(-1) ?? "";
  const { kind, shards, counts } = JSON.parse(last) as FleetSummary & { readonly kind: string };
  assert.deepEqual([kind, shards, counts.started], ["result", [{ index: 1, count: 2 }], 3]);
});
