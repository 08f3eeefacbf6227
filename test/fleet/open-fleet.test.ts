/** A fleet over real sockets, against the embedded ACS. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Acs, createAcs } from "../../src/acs/acs.ts";
import { responseOf } from "../../src/acs/calls.ts";
import type { Fleet } from "../../src/fleet/fleet.ts";
import { openFleet } from "../../src/fleet/open-fleet.ts";
import { createSystemClock } from "../../src/system/clock.ts";
import { createScheduler } from "../../src/system/scheduler.ts";
import { createSystemRandom } from "../../src/system/system-random.ts";
import { fleetOf } from "../helpers/fleet.ts";
import { freePort } from "../helpers/free-port.ts";
import { silentLogger } from "../helpers/silent-logger.ts";
import { until } from "../helpers/transport.ts";

const LOGIN = { username: "acs", password: "hush-cpe" };
const LABEL = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label";
const GATEWAY = fileURLToPath(new URL("../../examples/clone/gateway.json", import.meta.url));
const WLAN = "InternetGatewayDevice.LANDevice.1.WLANConfiguration.";
const SETTINGS = { tr069: { cpe: LOGIN }, listen: { address: "127.0.0.1" } };

async function startAcs(t: TestContext, users: ReadonlyMap<string, string>): Promise<Acs> {
  const clock = createSystemClock();
  const acs = await createAcs({
    address: "127.0.0.1",
    port: 0,
    authentication: { scheme: "digest", users },
    connectionRequestCredentials: LOGIN,
    clock,
    scheduler: createScheduler(clock, () => {}),
    random: createSystemRandom(),
  });
  t.after(() => acs.close());
  return acs;
}

async function startFleet(t: TestContext, values: object): Promise<Fleet> {
  const { fleet, close } = await openFleet({ config: fleetOf(values), version: "1.2.3", log: silentLogger });
  t.after(close);
  await fleet.start();
  return fleet;
}

test("200 phones of two groups are provisioned over one port, each with its own login, and each keeps what is its own", async (t) => {
  const users = new Map(
    Array.from({ length: 200 }, (_, at) => [`phone-${String(at + 1).padStart(3, "0")}`, `hush-${at + 1}`]),
  );
  const acs = await startAcs(t, users);
  const acsLogin = { username: "phone-{i:03}", password: "hush-{i}" };
  const south = { phone: { model: "SP-R15P" } };
  const fleet = await startFleet(t, {
    acs: acs.url,
    ramp: { perSecond: 1000 },
    openSessions: 20,
    settings: SETTINGS,
    groups: [
      { name: "north", count: 120, acsLogin },
      { name: "south", count: 80, acsLogin, settings: south },
    ],
  });
  await until(() => fleet.figures.counts().reached === 200);
  assert.equal(acs.devices().length, 200);
  assert.equal(acs.devices().filter(({ id }) => id.includes("SP-R15P")).length, 80);
  const statuses = await Promise.all([...fleet.phones.values()].map(({ phone }) => phone.agent.local.status()));
  const urls = statuses.map(({ connectionRequests }) => new URL(connectionRequests.url));
  assert.equal(new Set(urls.map(({ host }) => host)).size, 1);
  assert.equal(new Set(urls.map(({ pathname }) => pathname)).size, 200);

  const device = (index: number): string =>
    acs.devices().find(({ id }) => id.endsWith(`0C1105${index.toString(16).padStart(6, "0").toUpperCase()}`))?.id ?? "";
  const set = acs.enqueue(device(7), {
    name: "SetParameterValues",
    args: { parameterList: [{ name: LABEL, value: "mine", type: "string" }], parameterKey: "k" },
  });
  assert.equal(await acs.connectionRequest(device(7)), 200);
  assert.equal((await set).kind, "response");
  for (const [index, value] of [
    [7, "mine"],
    [8, ""],
    [150, ""],
  ] as const) {
    const asked = acs.enqueue(device(index), { name: "GetParameterValues", args: { parameterNames: [LABEL] } });
    await acs.connectionRequest(device(index));
    assert.equal(responseOf(await asked, "GetParameterValues")?.parameterList[0]?.value, value, String(index));
  }
  await until(() => fleet.figures.counts().sessions === 204);
  const { started, failures, faults, rpcs, connectionRequests } = fleet.figures.counts();
  assert.deepEqual([started, failures, faults, rpcs, connectionRequests], [200, 0, 0, 4, 4]);
  const { north, south: south80 } = Object.fromEntries(fleet.figures.groups);
  assert.deepEqual([north?.counts.reached, south80?.counts.reached], [120, 80]);
  assert.equal(south80?.tallies.events.of("0 BOOTSTRAP"), 80);
});

test("clones answer with the model of the dump, keep what is set, add and delete rows, and are who the fleet says", async (t) => {
  const acs = await startAcs(t, new Map([["hg100", ""]]));
  const fleet = await startFleet(t, {
    acs: acs.url,
    ramp: { perSecond: 1000 },
    settings: SETTINGS,
    groups: [{ name: "gateways", count: 20, clone: GATEWAY, serialNumber: "HG{i:04}" }],
  });
  await until(() => fleet.figures.counts().reached === 20);
  const ids = acs.devices().map(({ id }) => id);
  assert.deepEqual([ids.length, ids.includes("001122-HG100-HG0007")], [20, true], ids.join());
  const id = "001122-HG100-HG0007";
  const ask = async (...calls: Parameters<Acs["enqueue"]>[1][]) => {
    const asked = calls.map((call) => acs.enqueue(id, call));
    assert.equal(await acs.connectionRequest(id), 200);
    return Promise.all(asked);
  };
  const ssid = { name: `${WLAN}5.SSID`, value: "mine", type: "string" };
  const [set, add, readOnly] = await ask(
    { name: "SetParameterValues", args: { parameterList: [ssid], parameterKey: "k" } },
    { name: "AddObject", args: { objectName: WLAN, parameterKey: "k" } },
    {
      name: "SetParameterValues",
      args: { parameterList: [{ ...ssid, name: `${WLAN}1.TotalBytesSent`, type: "unsignedInt" }], parameterKey: "" },
    },
  );
  assert.equal(set?.kind, "response");
  assert.equal(add === undefined ? null : responseOf(add, "AddObject")?.instanceNumber, 6);
  assert.equal(readOnly?.kind, "fault");
  const newRow = { name: `${WLAN}6.SSID`, value: "new", type: "string" };
  const [, values, remove, fixed] = await ask(
    { name: "SetParameterValues", args: { parameterList: [newRow], parameterKey: "" } },
    { name: "GetParameterValues", args: { parameterNames: [WLAN.replace("WLANConfiguration.", "")] } },
    { name: "DeleteObject", args: { objectName: `${WLAN}5.`, parameterKey: "" } },
    { name: "DeleteObject", args: { objectName: `${WLAN}1.`, parameterKey: "" } },
  );
  const list = values === undefined ? [] : (responseOf(values, "GetParameterValues")?.parameterList ?? []);
  const found = new Map(list.map(({ name, value, type }) => [name.slice(WLAN.length), `${type} ${value}`]));
  assert.deepEqual(
    ["1.Channel", "1.SSID", "5.SSID", "6.SSID", "6.Channel", "1.KeyPassphrase"].map((name) => found.get(name)),
    ["unsignedInt 6", "string home", "string mine", "string new", "unsignedInt 0", "string "],
  );
  assert.ok(list.some(({ name, value }) => name.endsWith("WLANConfigurationNumberOfEntries") && value === "3"));
  assert.equal(remove?.kind, "response");
  assert.equal(fixed?.kind, "fault");
  const { failures } = fleet.figures.counts();
  assert.equal(failures, 0);
});

/** Counts the requests that are under way at once. */
async function countingAcs(t: TestContext, status: number) {
  const seen = { open: 0, most: 0 };
  const server = createServer((request, response) => {
    seen.most = Math.max(seen.most, ++seen.open);
    request.resume().on("end", () =>
      setImmediate(() => {
        seen.open--;
        response.writeHead(status).end();
      }),
    );
  });
  await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
  t.after(() => server.close());
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

test("no more sessions are open at once than the fleet allows, and stopping lets go of those that wait", async (t) => {
  const { seen, url } = await countingAcs(t, 204);
  const fleet = await startFleet(t, {
    acs: url,
    ramp: { perSecond: 10_000 },
    openSessions: 3,
    settings: SETTINGS,
    groups: [{ count: 60 }],
  });
  await until(() => fleet.figures.counts().sessions >= 20);
  await fleet.stop();
  assert.ok(seen.most <= 3, String(seen.most));
  const { open, waiting } = fleet.moment();
  assert.deepEqual([open, waiting], [0, 0]);
});

test("an ACS that answers 503 is spared: the ramp slows down and says so", async (t) => {
  const { url } = await countingAcs(t, 503);
  const config = fleetOf({ acs: url, ramp: { perSecond: 5 }, settings: SETTINGS, groups: [{ count: 10_000 }] });
  const { fleet, close } = await openFleet({ config, version: "1.2.3", log: silentLogger });
  t.after(close);
  const notices: string[] = [];
  fleet.onEvent((event) => event.kind === "notice" && notices.push(event.message));
  await fleet.start();
  await until(() => notices.length > 0);
  assert.match(notices[0] ?? "", /^The ACS answers 503 \(\d+ in a second\): phones are started at 2\.5 a second$/);
});

test("the figures of each group are served for Prometheus", async (t) => {
  const { url } = await countingAcs(t, 204);
  const port = await freePort();
  const fleet = await startFleet(t, {
    acs: url,
    ramp: { perSecond: 1000 },
    settings: { ...SETTINGS, metrics: { enable: true, address: "127.0.0.1", port } },
    groups: [
      { name: "a", count: 2 },
      { name: "b", count: 1 },
    ],
  });
  await until(() => fleet.figures.counts().sessions === 3 && fleet.moment().open === 0);
  const planned = /^akuvox_cpe_fleet_phones\{group="a",state="planned"\} 0$/m;
  let text = "";
  // What phones are doing is a second old at most.
  while (!planned.test(text)) text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  assert.match(text, /^akuvox_cpe_fleet_phones_started\{group="a"\} 2$/m);
  assert.match(text, /^akuvox_cpe_fleet_phones_started\{group="b"\} 1$/m);
  assert.match(text, /^akuvox_cpe_fleet_faults_total\{group="b"\} 0$/m);
  assert.match(text, /^akuvox_cpe_fleet_session_duration_seconds_count\{group="a",outcome="failure"\} 2$/m);
  assert.match(text, /^akuvox_cpe_fleet_sessions_total\{group="a",outcome="success"\} 0$/m);
  assert.match(text, /^akuvox_cpe_fleet_sessions_total\{group="b",outcome="ACS_PROTOCOL"\} 1$/m);
});

test("two shards of a fleet are different phones at one ACS, and together all of them", async (t) => {
  const acs = await startAcs(t, new Map([["u", "hush"]]));
  const config = fleetOf({
    acs: acs.url,
    ramp: { perSecond: 1000 },
    settings: { ...SETTINGS, tr069: { ...SETTINGS.tr069, acs: { username: "u", password: "hush" } } },
    groups: [{ count: 9 }],
  });
  const shards = await Promise.all(
    [0, 1].map((index) => openFleet({ config, version: "1", log: silentLogger, shard: { index, count: 2 } })),
  );
  for (const { close } of shards) t.after(close);
  await Promise.all(shards.map(({ fleet }) => fleet.start()));
  await until(() => shards.reduce((sum, { fleet }) => sum + fleet.figures.counts().reached, 0) === 9);
  assert.deepEqual(
    shards.map(({ fleet }) => fleet.size),
    [4, 5],
  );
  assert.equal(acs.devices().length, 9);
});
