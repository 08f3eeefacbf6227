/** Scenarios of a fleet in virtual time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fleet } from "../../../src/fleet/fleet.ts";
import { openFleet } from "../../../src/fleet/open-fleet.ts";
import { fleetOf } from "../../helpers/fleet.ts";
import { silentLogger } from "../../helpers/silent-logger.ts";
import { type VirtualFleet, virtualFleet } from "../../helpers/virtual-fleet.ts";

const LABEL = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label";
const LINE = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.Enable";
const VERSION = "Device.DeviceInfo.SoftwareVersion";

const start = (scenarios: readonly object[]): Promise<VirtualFleet> =>
  virtualFleet({
    seed: "scenarios",
    ramp: { perSecond: 1000 },
    settings: { retry: { minimumWaitInterval: 1, intervalMultiplier: 1000 } },
    groups: [
      { name: "hit", count: 4 },
      { name: "spared", count: 2 },
    ],
    scenarios: scenarios.map((one) => ({ groups: ["hit"], atSeconds: 10, ...one })),
  });

const tallied = (fleet: Fleet, group: string, kind: "events" | "outcomes" | "injected", name: string): number =>
  fleet.figures.groups.get(group)?.tallies[kind].of(name) ?? 0;

async function values(fleet: Fleet, path: string): Promise<Readonly<Record<string, string>>> {
  const read = [...fleet.phones].map(async ([name, { phone }]): Promise<[string, string]> => {
    const parameters = await phone.agent.local.parameters(path).catch(() => []);
    return [name, parameters[0]?.value ?? ""];
  });
  return Object.fromEntries(await Promise.all(read));
}

test("a reboot storm and a power cut restart phones of the group, and no others", async () => {
  const { fleet, events, until } = await start([
    { kind: "rebootStorm", overSeconds: 10 },
    { kind: "powerCut", atSeconds: 60, forSeconds: 5 },
  ]);
  await until(() => tallied(fleet, "hit", "events", "1 BOOT") >= 12);
  await until(() => tallied(fleet, "spared", "events", "1 BOOT") === 2);
  assert.equal(tallied(fleet, "hit", "injected", "rebootStorm"), 4);
  assert.equal(tallied(fleet, "hit", "injected", "powerCut"), 4);
  assert.equal(fleet.figures.groups.get("spared")?.counts.injected, 0);
  const injected = events.flatMap((event) => (event.kind === "injected" ? [event.phone] : []));
  assert.ok(injected.length === 8 && injected.every((phone) => phone.startsWith("hit-")));
});

test("a firmware campaign gives the phones a version, and restarts them", async () => {
  const { fleet, until } = await start([{ kind: "firmwareCampaign", version: "99.1.2.3" }]);
  await until(() => tallied(fleet, "hit", "events", "1 BOOT") === 8);
  const versions = await values(fleet, VERSION);
  assert.deepEqual(
    Object.entries(versions).map(([name, version]) => [name, version === "99.1.2.3"]),
    Object.keys(versions).map((name) => [name, name.startsWith("hit-")]),
  );
});

test("values change, a roll-out goes on from phone to phone, and lines flap", async () => {
  const { fleet, events, until, advance } = await start([
    { kind: "rollOut", overSeconds: 10, set: { [LABEL]: "{group} {i}" } },
    { kind: "linesFlap", atSeconds: 30, forSeconds: 20 },
  ]);
  await until(() => tallied(fleet, "hit", "injected", "rollOut") === 4);
  assert.equal((await values(fleet, LABEL))["hit-000003"], "hit 3");
  assert.equal((await values(fleet, LABEL))["spared-000005"], "");
  await until(() => tallied(fleet, "hit", "injected", "linesFlap") === 4);
  const lines = async () => Object.values(await values(fleet, LINE));
  const before = (await lines()).filter((line) => line === "Disabled").length;
  assert.equal(before, 6);
  await advance(25_000);
  assert.equal((await lines()).filter((line) => line === "Enabled").length, 4);
  const rolledOut = events.flatMap((event) =>
    event.kind === "injected" && event.what === "rollOut" ? [event.phone] : [],
  );
  assert.deepEqual(rolledOut, rolledOut.toSorted());
});

test("in an outage sessions fail and are retried, and every phone is back afterwards", async () => {
  const { fleet, events, until } = await start([
    { kind: "acsOutage", atSeconds: 20, forSeconds: 30 },
    { kind: "rebootStorm", atSeconds: 25 },
  ]);
  await until(() => tallied(fleet, "hit", "outcomes", "ACS_UNREACHABLE") >= 4);
  await until(() => fleet.figures.counts().retrying === 0 && tallied(fleet, "hit", "events", "1 BOOT") >= 8);
  assert.equal(tallied(fleet, "spared", "outcomes", "ACS_UNREACHABLE"), 0);
  const notices = events.flatMap((event) => (event.kind === "notice" ? [event.message] : []));
  assert.ok(notices.includes("acsOutage: nothing gets through to the ACS for 30 s"));
  assert.ok(notices.includes("acsOutage: the ACS is back"));
});

test("a scenario that sets what its phones do not have is refused before anything is started", async () => {
  for (const [set, problem] of [
    [{ "Device.Nonsense": "1" }, /Device\.Nonsense of phones is not a parameter of this phone/],
    [{ "Device.ManagementServer.PeriodicInformInterval": "0" }, /PeriodicInformInterval of phones must be/],
  ] as const) {
    const config = fleetOf({ groups: [{ count: 1 }], scenarios: [{ kind: "valueChanges", set }] });
    await assert.rejects(openFleet({ config, version: "1", log: silentLogger }), { code: "CONFIG", message: problem });
  }
});
