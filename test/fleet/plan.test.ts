import assert from "node:assert/strict";
import { test } from "node:test";
import { planPhones } from "../../src/fleet/plan.ts";
import { fleetOf } from "../helpers/fleet.ts";

const PREFIX = "Config.TR069.ManagementServer.";

test("phones are numbered through, with a MAC address and a serial number of their own", () => {
  const fleet = fleetOf({
    groups: [
      { name: "north", count: 2 },
      { name: "south", count: 1 },
    ],
  });
  assert.deepEqual(
    planPhones(fleet).map(({ name, identity }) => [name, identity.mac, identity.serialNumber]),
    [
      ["north-000001", "0c:11:05:00:00:01", "0C1105000001"],
      ["north-000002", "0c:11:05:00:00:02", "0C1105000002"],
      ["south-000003", "0c:11:05:00:00:03", "0C1105000003"],
    ],
  );
});

test("templates make identities and logins", () => {
  const group = {
    count: 2,
    firstIndex: 254,
    mac: "0c:11:05:00:ff:01",
    serialNumber: "{group}-{i:03x}",
    acsLogin: { username: "{mac}", password: "p{i}" },
    connectionRequestLogin: { username: "cr-{i}" },
  };
  const [, second] = planPhones(fleetOf({ groups: [group] }));
  assert.equal(second?.identity.serialNumber, "phones-0ff");
  assert.equal(second?.identity.mac, "0c:11:05:01:00:00");
  assert.deepEqual(
    second?.settings,
    new Map([
      [`${PREFIX}Username`, "0C1105010000"],
      [`${PREFIX}Password`, "p255"],
      [`${PREFIX}ConnectionRequestUsername`, "cr-255"],
    ]),
  );
});

test("phases of periodic Informs are spread evenly over the interval", () => {
  const settings = { tr069: { periodicInform: { enable: true, interval: 60 } } };
  const phones = planPhones(fleetOf({ periodicPhases: "even", groups: [{ count: 4, settings }] }));
  assert.deepEqual(
    phones.map(({ settings: own }) => own.get(`${PREFIX}PeriodicInformTime`)),
    ["00", "15", "30", "45"].map((second) => `2000-01-01T00:00:${second}.000Z`),
  );
});

test("the shards of a fleet have all of its phones, none twice, and each the same as in the whole fleet", () => {
  const fleet = fleetOf({
    groups: [
      { name: "a", count: 7 },
      { name: "b", count: 6, firstIndex: 100 },
    ],
  });
  const shards = [0, 1, 2].map((index) => planPhones(fleet, { index, count: 3 }));
  assert.ok(shards.every((shard) => shard.length >= 4));
  const byIndex = shards.flat().toSorted((one, other) => one.index - other.index);
  assert.deepEqual(byIndex, planPhones(fleet));
});

test("a fleet whose phones would have one identity is refused", () => {
  const fleet = fleetOf({ groups: [{ count: 2, serialNumber: "same" }] });
  assert.throws(() => planPhones(fleet), /phones-000001 and phones-000002 have the same identity/);
});

test("MAC addresses that go beyond the last one are refused", () => {
  const fleet = fleetOf({ groups: [{ count: 2, firstIndex: 0, mac: "fe:ff:ff:ff:ff:ff" }] });
  assert.equal(planPhones(fleet)[1]?.identity.mac, "ff:00:00:00:00:00");
  const beyond = fleetOf({ groups: [{ count: 1, firstIndex: 2 ** 40 + 1, mac: "fe:ff:ff:ff:ff:ff" }] });
  assert.throws(() => planPhones(beyond), /go beyond the last one/);
});
