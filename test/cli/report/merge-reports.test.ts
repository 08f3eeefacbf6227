import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { FleetSummary } from "../../../src/fleet/summary.ts";
import { runCommand } from "../../helpers/commands.ts";
import { fleetSummary } from "../../helpers/fleet.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const line = (summary: object): string => `${JSON.stringify({ kind: "result", ...summary })}\n`;

/** The same figures twice, as those of two halves. */
async function halves(): Promise<readonly FleetSummary[]> {
  const summary = await fleetSummary();
  const plan = { ...summary.plan, thresholds: ["p95 < 5s", "sessions >= 100"] };
  return [0, 1].map((index) => ({ ...summary, shards: [{ index, count: 2 }], plan, phones: 100, thresholds: [] }));
}

async function filesOf(t: TestContext, texts: readonly (string | Buffer)[]): Promise<readonly string[]> {
  const folder = await temporaryFolder(t);
  const files = texts.map((_, at) => join(folder, `part-${at}.jsonl`));
  for (const [at, text] of texts.entries()) await writeFile(files[at] ?? "", text);
  return files;
}

test("two halves are merged to a result for people, a line for machines and a report", async (t) => {
  const [one, other] = await halves();
  assert.ok(one && other);
  const log = `0:01; 10/10 phones started\n{"kind":"moment","atMs":1000}\n${line(one)}`;
  const files = await filesOf(t, [log, line(other)]);
  const out = `${files[0]}.html`;
  const merged = await runCommand(["report", "merge", ...files, "--out", out]);
  assert.equal(merged.exitCode, 0, merged.stderr);
  assert.match(merged.stdout, /^Phones +240 of 200 started/m);
  assert.match(merged.stdout, /^✔ sessions >= 100: it is \d+$/m);
  assert.match(merged.stderr, /^The report is in .*\.html$/m);
  assert.match(await readFile(out, "utf8"), /All thresholds hold\./);
  const json = await runCommand(["report", "merge", ...files, "--json"]);
  const result = JSON.parse(json.stdout) as FleetSummary;
  assert.deepEqual([result.counts.sessions, result.requests.count], [one.counts.sessions * 2, one.requests.count * 2]);
  const again = await filesOf(t, [json.stdout]);
  assert.equal((await runCommand(["report", "merge", ...again])).exitCode, 0);
});

test("logs of several, with what a collector writes before each line, are one file with several results", async (t) => {
  const lines = (await halves()).map((half, at) => `[pod/fleet-${at}/fleet] 2026-01-01T00:00:00Z ${line(half)}`);
  const files = await filesOf(t, [lines.join("")]);
  assert.equal((await runCommand(["report", "merge", ...files])).exitCode, 0);
});

test("a folder of results is all results in it; one without any is refused", async (t) => {
  const folder = await temporaryFolder(t);
  assert.match((await runCommand(["report", "merge", folder])).stderr, /it cannot be used: it is not a file/);
  for (const [at, half] of (await halves()).entries())
    await writeFile(join(folder, `part-${at}-of-2.json`), line(half));
  await writeFile(join(folder, "part-0-of-2.claim"), "host");
  assert.equal((await runCommand(["report", "merge", folder])).exitCode, 0);
});

test("a threshold that does not hold over all, and a part that is missing, make the exit code 1", async (t) => {
  const [one, other] = await halves();
  assert.ok(one && other);
  const thresholds = ["sessions < 10"];
  const broken = [one, other].map((half) => line({ ...half, plan: { ...half.plan, thresholds } }));
  const all = await runCommand(["report", "merge", ...(await filesOf(t, broken))]);
  assert.equal(all.exitCode, 1);
  assert.match(all.stdout, /^✘ sessions < 10: it is \d+$/m);
  const half = await runCommand(["report", "merge", ...(await filesOf(t, [line(one)]))]);
  assert.equal(half.exitCode, 1);
  assert.match(half.stdout, /^100 of 200 phones are in none of the results$/m);
});

test("files that are foreign, broken or of another fleet are refused, each with its place, and exit code 2", async (t) => {
  const [one, other] = await halves();
  assert.ok(one && other);
  const cases: readonly (readonly [string | Buffer, RegExp])[] = [
    ["hello\n", /part-1\.jsonl: there is no result of a fleet in it/],
    [Buffer.from([0xff, 0xfe, 0]), /part-1\.jsonl: it cannot be used: it is not UTF-8 text \[FILE_UNREADABLE\]/],
    [`x\n${line(other).slice(0, 300)}\n`, /part-1\.jsonl:2:1: the result is cut off/],
    [line({ ...other, version: 2 }), /the result is of another version of akuvox-cpe/],
    [line({ ...other, counts: { ...other.counts, sessions: -1 } }), /the result cannot be used: counts\.sessions: /],
    [line({ ...other, requests: { ...other.requests, histogram: "AAAA" } }), /requests: it has no histogram that/],
    [line({ ...other, requests: { ...other.requests, count: 1 } }), /requests: it has no histogram that/],
    [line({ ...other, shards: [{ index: 2, count: 2 }] }), /shards\.0: its index must be below its count/],
    [line({ ...other, groups: { __proto__x: 1 } }), /the result cannot be used: groups/],
    [line(one), /part-1\.jsonl:1:1: shard 0\/2 has phones of shard 0\/2 in .*part-0\.jsonl:1/],
    [line({ ...other, shards: [{ index: 2, count: 4 }] }), /shard 2\/4 has phones of shard 0\/2/],
    [line({ ...other, seed: "other" }), /seed differs from that of .*part-0\.jsonl:1: "other" here, null there/],
    [line({ ...other, plan: { ...other.plan, thresholds: [] } }), /thresholds differs from that of/],
    [line({ ...other, plan: { ...other.plan, groups: [] } }), /groups differs from that of/],
  ];
  for (const [text, message] of cases) {
    const { exitCode, stderr, stdout } = await runCommand([
      "report",
      "merge",
      ...(await filesOf(t, [line(one), text])),
    ]);
    assert.deepEqual([exitCode, stdout], [2, ""], stderr);
    assert.match(stderr, message);
  }
  assert.equal((await runCommand(["report", "merge"])).exitCode, 2);
  assert.match(
    (await runCommand(["report", "merge", "/nowhere"])).stderr,
    /^\/nowhere: it cannot be used: there is no/,
  );
});
