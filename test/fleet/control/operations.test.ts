/** What is done to a running fleet over its control socket. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { acsOfFleet, controlledFleet } from "../../helpers/running-fleet.ts";
import { until } from "../../helpers/transport.ts";

const GROUPS = [
  { name: "north", count: 12 },
  { name: "south", count: 8 },
];

/** An ACS that takes an Inform and does not answer it. */
async function silentAcs(t: TestContext) {
  const open = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    request.resume();
    open.add(response);
    response.on("close", () => open.delete(response));
  });
  await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { open, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

describe("operations of a running fleet", () => {
  test("phones that are added are started, have identities of their own, and are counted; those that are removed are not", async (t) => {
    const acs = await acsOfFleet(t);
    const { ask, fleet } = await controlledFleet(t, { acs: acs.url, groups: GROUPS });
    await until(() => fleet.figures.counts().reached === 20);
    const added = await ask("POST", "/add", { group: "north", count: 30 });
    assert.deepEqual([added.status, (added.answer.phones as string[]).at(-1)], [202, "north-000050"]);
    await until(() => fleet.figures.counts().reached === 50);
    assert.equal(acs.devices().length, 50);
    const removed = await ask("POST", "/remove", { groups: ["south"] });
    assert.deepEqual([removed.status, removed.answer], [200, { phones: 8 }]);
    const { started, reached } = fleet.figures.counts();
    assert.deepEqual([started, reached, fleet.size, fleet.phones.size], [42, 42, 42, 42]);
    assert.equal((await ask("GET", "/phones/south-000013")).status, 404);
    assert.equal((await ask("GET", "/phones/south-000013/status")).status, 404);
    await ask("POST", "/remove", { phones: ["north-000050"] });
    const again = await ask("POST", "/add", { group: "north", count: 1 });
    assert.deepEqual(again.answer.phones, ["north-000051"], "a number is never used again");
    await until(() => fleet.figures.counts().reached === 42);
    assert.equal(acs.devices().length, 51);
    const { answer } = await ask("GET", "/fleet");
    const groups = answer.groups as readonly { readonly phones: number; readonly states: { readonly idle: number } }[];
    assert.deepEqual(
      groups.map(({ phones }) => phones),
      [42, 0],
    );
  });

  test("a phone that is removed in the midst of a session ends it cleanly, and answers no connection request", async (t) => {
    const { open, url } = await silentAcs(t);
    const { ask, fleet } = await controlledFleet(t, { acs: url, groups: [{ count: 3 }] });
    await until(() => open.size === 3);
    const status = await ask("GET", "/phones/phones-000002/status");
    const endpoint = (status.answer.connectionRequests as { readonly url: string }).url;
    assert.equal((await fetch(endpoint)).status, 401);
    assert.equal((await ask("POST", "/remove", { phones: ["phones-000002"] })).status, 200);
    await until(() => open.size === 2);
    assert.deepEqual([fleet.phones.size, fleet.moment().open], [2, 2]);
    assert.equal((await fetch(endpoint)).status, 404);
    const { failures, sessions, started, retrying } = fleet.figures.counts();
    assert.deepEqual([failures, sessions, started, retrying], [0, 0, 2, 0], "it is no failure of the ACS");
  });

  test("phones that are paused begin no session, tell what has happened when they are resumed, and stop cleanly", async (t) => {
    const acs = await acsOfFleet(t);
    const { ask, fleet, close } = await controlledFleet(t, { acs: acs.url, groups: GROUPS });
    await until(() => fleet.figures.counts().reached === 20);
    assert.deepEqual((await ask("POST", "/pause", { groups: ["north"] })).answer, { phones: 12 });
    const waiting = await ask("POST", "/phones/north-000001/inform", { wait: true });
    assert.deepEqual(
      [waiting.status, waiting.answer.code],
      [409, "REFUSED"],
      "nobody waits for a session that does not begin",
    );
    for (const name of ["north-000001", "south-000013"])
      assert.equal((await ask("POST", `/phones/${name}/inform`, {})).status, 200);
    await until(() => fleet.figures.counts().sessions === 21);
    assert.equal(fleet.figures.groups.get("north")?.counts.sessions, 12);
    assert.deepEqual((await ask("POST", "/resume", { all: true })).answer, { phones: 20 });
    await until(() => fleet.figures.groups.get("north")?.counts.sessions === 13);
    assert.equal(fleet.figures.groups.get("north")?.tallies.events.of("2 PERIODIC"), 1);
    await ask("POST", "/pause", { all: true });
    await ask("POST", "/phones/north-000002/inform", {});
    await close();
    assert.equal(fleet.figures.counts().failures, 0);
  });

  test("a share of the phones is restarted, the same one for the same seed; a scenario is told its rate", async (t) => {
    const acs = await acsOfFleet(t);
    const scenarios = [{ kind: "powerCut", atSeconds: 100_000 }];
    const { ask, fleet } = await controlledFleet(t, { acs: acs.url, groups: GROUPS, scenarios });
    await until(() => fleet.figures.counts().reached === 20);
    const injected: string[] = [];
    fleet.onEvent((event) => event.kind === "injected" && injected.push(`${event.what} ${event.phone}`));
    const share = { all: true, sharePercent: 40, seed: "same" };
    const { answer } = await ask("POST", "/reboot", share);
    await until(() => injected.length === answer.phones);
    const first = injected.splice(0).toSorted();
    assert.ok(first.length > 0 && first.length < 20, String(first));
    await until(() => fleet.figures.counts().sessions === 20 + first.length);
    await ask("POST", "/reboot", { ...share, overSeconds: 1 });
    await until(() => injected.length === first.length);
    assert.deepEqual(injected.toSorted(), first);
    const changed = await ask("PATCH", "/scenarios/1", { rate: 0.5 });
    assert.deepEqual(
      [changed.status, changed.answer.rate, changed.answer.state, fleet.scenarios?.all[0]?.rate],
      [200, 0.5, "waiting", 0.5],
    );
  });

  test("what cannot be done is refused in one shape, and nothing is done", async (t) => {
    const { url } = await silentAcs(t);
    const { ask, fleet, socket } = await controlledFleet(t, {
      acs: url,
      ramp: { perSecond: 1 },
      groups: [
        { name: "a", count: 100 },
        { name: "b", count: 1, serialNumber: "ONE" },
      ],
    });
    for (const [method, path, body, status, code] of [
      ["GET", "/phones?state=busy", undefined, 400, "BAD_REQUEST"],
      ["GET", "/phones?page=0", undefined, 400, "BAD_REQUEST"],
      ["GET", "/phones?size=501", undefined, 400, "BAD_REQUEST"],
      ["GET", "/phones?group=c", undefined, 404, "NOT_FOUND"],
      ["GET", "/phones/a", undefined, 404, "NOT_FOUND"],
      ["GET", "/phones/a/status", undefined, 404, "NOT_FOUND"],
      ["GET", "/phones/a-000100/status", undefined, 503, "PHONE_DOWN"],
      ["GET", "/phones/..%2f..%2fstatus/status", undefined, 404, "NOT_FOUND"],
      ["GET", "/phones/a-000001/nothing", undefined, 404, "NOT_FOUND"],
      ["GET", "/status", undefined, 404, "NOT_FOUND"],
      ["POST", "/add", { group: "a" }, 400, "BAD_REQUEST"],
      ["POST", "/add", { group: "a", count: 100_001 }, 400, "BAD_REQUEST"],
      ["POST", "/add", { group: "c", count: 1 }, 404, "NOT_FOUND"],
      ["POST", "/add", { group: "b", count: 1 }, 409, "REFUSED"],
      ["POST", "/remove", {}, 400, "BAD_REQUEST"],
      ["POST", "/remove", { all: true, groups: ["a"] }, 400, "BAD_REQUEST"],
      ["POST", "/remove", { phones: ["a-000001", "a"] }, 404, "NOT_FOUND"],
      ["POST", "/remove", { groups: ["a", "c"] }, 404, "NOT_FOUND"],
      ["POST", "/reboot", { all: true, sharePercent: 0 }, 400, "BAD_REQUEST"],
      ["POST", "/reboot", {}, 400, "BAD_REQUEST"],
      ["PATCH", "/scenarios/1", { rate: 1 }, 404, "NOT_FOUND"],
      ["PATCH", "/scenarios/0", { rate: 1 }, 400, "BAD_REQUEST"],
      ["PATCH", "/scenarios/1", { rate: -1 }, 400, "BAD_REQUEST"],
      ["DELETE", "/phones", undefined, 405, "METHOD_NOT_ALLOWED"],
    ] as const) {
      const refused = await ask(method, path, body);
      const what = `${method} ${path} ${JSON.stringify(body)}`;
      assert.deepEqual([refused.status, refused.answer.code], [status, code], what);
      assert.ok(String(refused.answer.message).length > 10, what);
    }
    assert.equal(fleet.size, 101);
    const planned = await ask("POST", "/remove", { phones: ["a-000100", "a-000099"] });
    assert.deepEqual([planned.status, fleet.size], [200, 99], "those that are not started yet can be removed as well");
    assert.ok(existsSync(socket));
  });
});
