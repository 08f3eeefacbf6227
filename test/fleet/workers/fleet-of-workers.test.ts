/** A fleet in two processes, as those see it who look at it and change it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { browse } from "../../helpers/browse.ts";
import { type WorkersUnderTest, workersWithPages } from "../../helpers/running-fleet.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";
import { until } from "../../helpers/transport.ts";
import { formOf } from "../../helpers/web-under-test.ts";

const LABEL = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label";
const GROUPS = {
  groups: [
    { name: "north", count: 12 },
    { name: "south", count: 8, serialNumber: "S{i:03}" },
  ],
  misbehaviour: [],
  scenarios: [{ kind: "rebootStorm", groups: ["north"], atSeconds: 100_000, times: 3 }],
};

async function running(t: TestContext, values: object = GROUPS): Promise<WorkersUnderTest> {
  const fleet = await workersWithPages(t, values);
  await until(() =>
    fleet.workers.every(({ fleet: one }) => one.figures.counts().reached === one.size && one.moment().open === 0),
  );
  return fleet;
}

type Phones = readonly { readonly name: string; readonly state: string }[];
const namesIn = (phones: unknown): readonly string[] => (phones as Phones).map(({ name }) => name);

describe("a fleet in two processes", () => {
  test("lists each phone once, in the order that one process has, page by page, and finds them by all that they are known by", async (t) => {
    const { ask } = await running(t);
    const pages = await Promise.all([1, 2, 3].map((page) => ask("GET", `/phones?size=7&page=${page}`)));
    const names = pages.flatMap(({ answer }) => namesIn(answer.phones));
    const expected = Array.from(
      { length: 20 },
      (_, at) => `${at < 12 ? "north" : "south"}-${String(at + 1).padStart(6, "0")}`,
    );
    assert.deepEqual(names, expected);
    assert.deepEqual([pages[2]?.answer.total, pages[2]?.answer.pages], [20, 3]);
    assert.equal((await ask("GET", "/phones?size=7&page=99")).answer.page, 3);
    assert.deepEqual(namesIn((await ask("GET", "/phones?search=s01&size=500")).answer.phones), expected.slice(12, 19));
    assert.equal((await ask("GET", "/phones?group=north&state=idle")).answer.total, 12);
    assert.equal((await ask("GET", "/phones/S014")).answer.name, "south-000014");
    for (const path of ["/phones?group=east", "/phones/nobody", "/phones/nobody/status"])
      assert.equal((await ask("GET", path)).status, 404, path);
  });

  test("is one at a glance: counts and states add up, percentiles are of all requests", async (t) => {
    const { ask, workers } = await running(t);
    const { answer } = await ask("GET", "/fleet");
    const { phones, reached, states, groups, requestLatency, scenarios } = answer as {
      readonly [name: string]: unknown;
      readonly states: { readonly idle: number };
      readonly groups: readonly { readonly name: string; readonly phones: number; readonly sessions: number }[];
      readonly requestLatency: { readonly count: number; readonly max: number };
    };
    assert.deepEqual([phones, reached, states.idle], [20, 20, 20]);
    assert.deepEqual(
      groups.map(({ name, phones: of, sessions }) => [name, of, sessions]),
      [
        ["north", 12, 12],
        ["south", 8, 8],
      ],
    );
    const requests = workers.map(({ fleet }) => fleet.figures.requests);
    assert.equal(
      requestLatency.count,
      requests.reduce((sum, { count }) => sum + count, 0),
    );
    assert.equal(requestLatency.max, Math.max(...requests.map(({ maxMs }) => maxMs)));
    assert.equal((scenarios as readonly unknown[]).length, 1);
  });

  test("what is done to phones, to groups and to all reaches the workers that have them, and no other phone", async (t) => {
    const { ask, workers } = await running(t);
    const paused = () => workers.map(({ fleet }) => fleet.pauses.size);
    assert.deepEqual((await ask("POST", "/pause", { phones: ["north-000001", "S014", "south-000014"] })).answer, {
      phones: 2,
    });
    assert.deepEqual(paused(), [1, 1]);
    assert.equal((await ask("POST", "/remove", { phones: ["north-000002", "nobody"] })).status, 404);
    assert.equal((await ask("POST", "/remove", { groups: ["north", "east"] })).status, 404);
    assert.deepEqual((await ask("POST", "/resume", { all: true })).answer, { phones: 20 });
    assert.deepEqual(paused(), [0, 0]);
    const share = (await ask("POST", "/pause", { all: true, sharePercent: 50, seed: "x" })).answer.phones as number;
    assert.equal(
      share,
      paused().reduce((sum, one) => sum + one),
    );
    assert.equal((await ask("POST", "/resume", { all: true, sharePercent: 50, seed: "x" })).answer.phones, share);
    assert.deepEqual(paused(), [0, 0], "the same share");
    const added = await ask("POST", "/add", { group: "north", count: 3 });
    assert.deepEqual([added.status, added.answer.phones], [202, ["north-000021", "north-000022", "north-000023"]]);
    assert.deepEqual((await ask("POST", "/add", { group: "south", count: 1 })).answer.phones, ["south-000024"]);
    assert.deepEqual(
      workers.map(({ fleet }) => fleet.size),
      [12, 12],
    );
    await until(() => workers.every(({ fleet }) => fleet.figures.counts().reached === 12));
    assert.equal(namesIn((await ask("GET", "/phones?size=500")).answer.phones).at(-1), "south-000024");
    assert.deepEqual((await ask("POST", "/remove", { groups: ["south"] })).answer, { phones: 9 });
    assert.deepEqual((await ask("POST", "/reboot", { phones: ["north-000003"] })).answer, { phones: 1 });
    await until(() => workers[1]?.fleet.figures.groups.get("north")?.tallies.injected.of("rebootStorm") === 1);
    assert.equal(workers[0]?.fleet.figures.groups.get("north")?.tallies.injected.of("rebootStorm"), 0);
    const { answer } = await ask("PATCH", "/scenarios/1", { rate: 2 });
    assert.deepEqual([answer.rate, ...workers.map(({ fleet }) => fleet.scenarios?.all[0]?.rate)], [2, 2, 2]);
    assert.equal((await ask("PATCH", "/scenarios/2", { rate: 2 })).status, 404);
  });

  test("the API and the pages of a phone are those of its worker: forms, texts of others and errors go through unchanged", async (t) => {
    const { ask, url, workers } = await running(t);
    const page = (path: string, options?: Parameters<typeof browse>[2]) => browse(url, path, options);
    const set = await ask("PATCH", "/phones/north-000007/parameters", { values: { [LABEL]: 'é "mine" <b>' } });
    assert.equal(set.status, 200);
    const own = await page("/phones/0C1105000007/parameters?q=CUSTOM_Label");
    assert.ok(own.text.includes("é &quot;mine&quot; &lt;b&gt;"));
    assert.match(own.text, /<title>north-000007: /);
    assert.doesNotMatch((await page("/phones/north-000008/parameters?q=CUSTOM_Label")).text, /mine/);
    assert.equal((await page("/phones/north-000007/api/autop?passwords=true")).status, 403);
    assert.equal((await page("/api/phones/north-000007/autop?passwords=true")).status, 403);
    const formToken = formOf((await page("/phones/north-000003/actions")).text).values.formToken ?? assert.fail();
    const event = "2 PERIODIC";
    const inform = await page("/phones/north-000003/actions/inform", { form: { formToken, event } });
    assert.deepEqual([inform.status, inform.headers.location], [303, "/phones/north-000003/actions?done=inform"]);
    await until(() => workers[1]?.fleet.figures.groups.get("north")?.tallies.events.of(event) === 1);
    const [form, elsewhere] = [{ formToken: "0", event }, { Origin: "http://evil.example" }];
    assert.equal((await page("/phones/north-000003/actions/inform", { form })).status, 403);
    assert.equal(
      (await page("/phones/north-000003/actions/inform", { form: { formToken, event }, headers: elsewhere })).status,
      403,
    );
    const guard = JSON.stringify({ scheme: "http", formToken: "0" });
    const forged = await page("/phones/north-000003/actions/inform", { form, headers: { "akuvox-cpe-guard": guard } });
    assert.equal(forged.status, 403, "the header between the processes is not taken from outside");
    assert.equal((await page("/phones/north-000003/status", { login: null })).status, 401);
    assert.equal((await page("/phones/nobody/status")).status, 404);
    assert.equal((await page("/phones/..%2f..%2ffleet/status")).status, 404);
    const { headers, text } = await page("/fleet");
    assert.match(text, /<a href="\/phones">20<\/a>/);
    assert.match(String(headers["content-security-policy"]), /default-src 'none'/);
    const operate = { formToken, operation: "pause", group: "*", phones: "", share: "100", over: "0" };
    assert.equal((await page("/operations", { form: operate })).headers.location, "/operations?done=pause+20");
  });

  test("while a worker does not answer, its phones are gone, the others can be controlled, and what is not done is said", async (t) => {
    const { ask, url, workers } = await running(t);
    const second = workers[1] ?? assert.fail();
    second.condition = "silent";
    const { answer: list } = await ask("GET", "/phones?size=4");
    assert.deepEqual(
      (list.phones as Phones).map(({ name, state }) => `${name} ${state}`),
      ["north-000001 gone", "north-000002 idle", "north-000003 gone", "north-000004 idle"],
    );
    assert.equal((await ask("GET", "/phones?state=gone&group=south")).answer.total, 4);
    assert.equal((await ask("GET", "/phones/S015")).answer.state, "gone");
    const { answer } = await ask("GET", "/fleet");
    assert.deepEqual([answer.phones, (answer.states as { readonly gone: number }).gone], [20, 10]);
    const refused = await ask("POST", "/pause", { all: true });
    assert.deepEqual(
      [refused.status, refused.answer.code, refused.answer.message],
      [503, "WORKER_DOWN", "worker 2 of 2 does not answer; the other workers did it for 10 phones"],
    );
    assert.deepEqual(
      workers.map(({ fleet }) => fleet.pauses.size),
      [10, 0],
    );
    assert.deepEqual((await ask("POST", "/resume", { phones: ["north-000002"] })).answer, { phones: 1 });
    assert.equal((await ask("GET", "/phones/north-000002/status")).status, 200);
    const gone = await ask("GET", "/phones/south-000015/status");
    assert.deepEqual(
      [gone.status, gone.answer.message],
      [503, "south-000015 cannot be reached: worker 2 of 2 does not answer"],
    );
    const page = await browse(url, "/phones/south-000015/status");
    assert.equal(page.status, 503);
    assert.match(page.text, /South-000015 cannot be reached: worker 2 of 2 does not answer\./);
    const formToken = formOf((await browse(url, "/operations")).text).values.formToken ?? assert.fail();
    const form = { formToken, operation: "resume", group: "*", phones: "", share: "100", over: "0" };
    const partly = await browse(url, "/operations", { form });
    assert.match(partly.text, /role="alert">worker 2 of 2 does not answer; the other workers did it for 10 phones\.</);
    assert.equal(((await ask("POST", "/add", { group: "north", count: 2 })).answer.phones as string[]).length, 2);
    second.condition = "up";
    assert.equal((await ask("GET", "/phones?state=gone")).answer.total, 0);
    for (const one of workers) one.condition = "ended";
    assert.deepEqual(
      [(await ask("GET", "/fleet")).status, (await ask("POST", "/add", { group: "north", count: 1 })).status],
      [503, 503],
    );
    assert.equal((await ask("GET", "/phones?state=gone")).answer.total, 20);
  });

  test("a worker that takes requests and does not answer keeps nobody waiting for the phones of others, and for a list until it counts as silent", async (t) => {
    const { ask, workers } = await running(t);
    const second = workers[1] ?? assert.fail();
    const [hung, whileUp] = [createServer(), new AbortController()];
    second.socket = join(await temporaryFolder(t), "hung");
    second.whileUp = whileUp.signal;
    await new Promise<void>((listening) => void hung.listen(second.socket, listening));
    t.after(() => hung.close());
    assert.equal((await ask("GET", "/phones/north-000002/status")).status, 200);
    assert.deepEqual((await ask("POST", "/pause", { phones: ["north-000002", "south-000014"] })).answer, { phones: 2 });
    const asked = once(hung, "connection");
    const list = ask("GET", "/phones?size=2");
    const [connection] = (await asked) as [Socket];
    second.condition = "silent";
    whileUp.abort();
    const phones = (await list).answer.phones as Phones;
    assert.deepEqual(
      phones.map(({ state }) => state),
      ["gone", "paused"],
    );
    connection.destroy();
  });

  test("metrics are the sums of all workers under the same names, and no counter falls when one is gone", async (t) => {
    const { metricsUrl, workers } = await running(t);
    const samples = async (): Promise<ReadonlyMap<string, number>> => {
      const text = await (await fetch(metricsUrl)).text();
      const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
      return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]));
    };
    const states = (group: string, state: string) => `akuvox_cpe_fleet_phones{group="${group}",state="${state}"}`;
    const sessions = 'akuvox_cpe_fleet_sessions_total{group="north",outcome="success"}';
    const measured = 'akuvox_cpe_fleet_session_duration_seconds_count{group="south",outcome="success"}';
    const of = (found: ReadonlyMap<string, number>) =>
      [sessions, measured, states("north", "idle"), states("north", "gone")].map((name) => found.get(name));
    let before = await samples();
    // A state that is shown is a second old at most.
    while (before.get(states("north", "idle")) !== 12) before = await samples();
    assert.deepEqual(of(before), [12, 8, 12, 0]);
    const builds = [...before].filter(([name]) => name.startsWith("akuvox_cpe_build_info"));
    assert.deepEqual(
      builds.map(([, value]) => value),
      [1],
    );
    const second = workers[1] ?? assert.fail();
    second.condition = "ended";
    assert.deepEqual(of(await samples()), [12, 8, 6, 6]);
  });
});
