/** Clones whose values change by themselves, in a fleet: in virtual time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type VirtualFleet, virtualFleet } from "../helpers/virtual-fleet.ts";

const GATEWAY = fileURLToPath(new URL("../../examples/clone/gateway.json", import.meta.url));
const WLAN = "InternetGatewayDevice.LANDevice.1.WLANConfiguration.1.";
const PATHS = ["SSID", "Channel", "TotalBytesSent"].map((name) => WLAN + name);

function fleetWith(seed: string): Promise<VirtualFleet> {
  const cloneValues = {
    [`${WLAN}SSID`]: "home-{i:03}",
    [`${WLAN}Channel`]: { generator: "walk", from: 6, min: 1, max: 11, step: 2, everySeconds: 60 },
    [`${WLAN}TotalBytesSent`]: { generator: "counter", from: 100, step: 7, everySeconds: 60 },
  };
  const settings = { cloneValues, backend: { type: "simulated", rebootSeconds: 30 } };
  const groups = [{ name: "gateways", count: 20, firstIndex: 5, clone: GATEWAY, serialNumber: "HG{i}", settings }];
  return virtualFleet({ seed, ramp: { perSecond: 1000 }, groups }, true);
}

async function valuesOf({ fleet }: VirtualFleet): Promise<readonly (readonly string[])[]> {
  const phones = [...fleet.phones.values()].map(({ phone }) => phone.agent.local);
  return Promise.all(
    phones.map(async (local) => {
      const views = await Promise.all(PATHS.map((path) => local.parameters(path)));
      return views.flat().map(({ value }) => value);
    }),
  );
}

test("each clone has values of its own: by its number, and by its seed the same in every run", async () => {
  const runs = [];
  for (const seed of ["one", "one", "two"]) {
    const virtual = await fleetWith(seed);
    await virtual.fleet.start();
    await virtual.until(() => virtual.fleet.figures.counts().reached === 20);
    await virtual.advance(600_000);
    runs.push(await valuesOf(virtual));
    await virtual.fleet.stop();
  }
  const [first = [], again, other = []] = runs;
  assert.deepEqual(again, first);
  assert.deepEqual(
    first
      .map(([ssid]) => ssid)
      .toSorted()
      .at(0),
    "home-005",
  );
  assert.equal(new Set(first.map(([ssid]) => ssid)).size, 20);
  assert.ok(new Set(first.map(([, channel]) => channel)).size > 3);
  assert.notDeepEqual(
    other.map(([, channel]) => channel),
    first.map(([, channel]) => channel),
  );
  assert.deepEqual(new Set(first.map(([, , bytes]) => bytes)), new Set([String(100 + 10 * 7)]));
});
