/** UDP connection requests to a fleet over real sockets, with the STUN server of the embedded ACS. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createAcs } from "../../src/acs/acs.ts";
import { openFleet } from "../../src/fleet/open-fleet.ts";
import { createDatagrams } from "../../src/net/datagrams.ts";
import { createSystemClock } from "../../src/system/clock.ts";
import { createScheduler } from "../../src/system/scheduler.ts";
import { createSystemRandom } from "../../src/system/system-random.ts";
import { fleetOf } from "../helpers/fleet.ts";
import { silentLogger } from "../helpers/silent-logger.ts";
import { until } from "../helpers/transport.ts";

const PREFIX = "Device.ManagementServer.";
const PHONES = 20;

async function start(t: { after(run: () => unknown): void }, udpSockets: number) {
  const clock = createSystemClock();
  const acs = await createAcs({
    ...{ address: "127.0.0.1", port: 0, authentication: { scheme: "none" } },
    udp: { datagrams: createDatagrams(silentLogger), stunPort: 0 },
    ...{ clock, scheduler: createScheduler(clock, assert.fail), random: createSystemRandom() },
  });
  t.after(() => acs.close());
  const config = fleetOf({
    acs: acs.url,
    udpSockets,
    ramp: { perSecond: 1000 },
    settings: { listen: { address: "127.0.0.1" } },
    groups: [{ count: PHONES, connectionRequestLogin: { username: "cpe-{i}", password: "hush-{i}" } }],
  });
  const { fleet, close } = await openFleet({ config, version: "1.2.3", log: silentLogger });
  t.after(close);
  await fleet.start();
  await until(() => fleet.figures.counts().reached === PHONES);
  const ids = acs.devices().map(({ id }) => id);
  const login = (id: string) => {
    const number = Number.parseInt(id.slice(-6), 16);
    return { username: `cpe-${number}`, password: `hush-${number}` };
  };
  const parameterList = [
    { name: `${PREFIX}STUNServerAddress`, value: "127.0.0.1", type: "string" },
    { name: `${PREFIX}STUNServerPort`, value: String(acs.stunPort), type: "unsignedInt" },
    { name: `${PREFIX}STUNEnable`, value: "1", type: "boolean" },
  ];
  const told = {
    ...{ name: `${PREFIX}UDPConnectionRequestAddress`, notificationChange: true, notification: 2 },
    ...{ accessListChange: false, accessList: [] },
  };
  const set = ids.map(async (id) => {
    void acs.enqueue(id, { name: "SetParameterAttributes", args: { parameterList: [told] } });
    const answer = acs.enqueue(id, { name: "SetParameterValues", args: { parameterList, parameterKey: "stun" } });
    await acs.connectionRequest(id, login(id));
    return (await answer).kind;
  });
  assert.deepEqual(new Set(await Promise.all(set)), new Set(["response"]));
  return { acs, ids, login };
}

test("C-230 C-243 twenty phones of a fleet are behind three UDP ports, and each hears its own connection request alone", async (t) => {
  const { acs, ids, login } = await start(t, 3);
  const addressOf = (id: string) => acs.devices().find((device) => device.id === id)?.udpConnectionRequestAddress ?? "";
  await until(() => ids.every((id) => addressOf(id) !== ""));
  const ports = new Map<string, number>();
  for (const id of ids) ports.set(addressOf(id), (ports.get(addressOf(id)) ?? 0) + 1);
  assert.deepEqual([...ports.values()].toSorted(), [6, 7, 7], [...ports.keys()].join());
  const [one = "", two = ""] = ids;
  const heard: string[] = [];
  acs.onEvent((event) => {
    if (event.kind !== "session-started") return;
    if (event.events.some(({ eventCode }) => eventCode === "6 CONNECTION REQUEST")) heard.push(event.device);
  });
  await acs.udpConnectionRequest(one, login(two));
  await acs.udpConnectionRequest(two, login(two));
  await until(() => heard.length > 0);
  assert.ok(
    heard.every((id) => id === two),
    heard.join(),
  );
});

test("a fleet without UDP sockets takes no UDP connection requests, whatever its ACS sets", async (t) => {
  const { acs, ids } = await start(t, 0);
  assert.ok(
    ids.length === PHONES && acs.devices().every((device) => (device.udpConnectionRequestAddress ?? "") === ""),
  );
});
