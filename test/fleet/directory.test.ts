import assert from "node:assert/strict";
import { test } from "node:test";
import { Directory, phonesIn, sizeOf } from "../../src/fleet/directory.ts";
import { planMore, planPhones } from "../../src/fleet/plan.ts";
import { Roster } from "../../src/fleet/roster.ts";
import { WHOLE_FLEET } from "../../src/fleet/shards/shard.ts";
import { createSeededRandom } from "../../src/system/seeded-random.ts";
import { fleetOf } from "../helpers/fleet.ts";

const CONFIG = fleetOf({
  groups: [
    { name: "north", count: 700 },
    { name: "south", count: 300, serialNumber: "S{i}" },
  ],
});

test("phones are found by the beginning of a name or serial number, as one who looks at each would find them", () => {
  const phones = planPhones(CONFIG);
  const directory = new Directory(phones);
  const random = createSeededRandom("directory");
  const texts = ["", "n", "north-0000", "S", "s9", "S999", "0c11", "0C1105000100", "x", "north-000700", "zz"];
  for (let times = 0; times < 100; times++) {
    const { name, identity } = phones[Math.floor(random.between(0, phones.length))] ?? assert.fail();
    const text = random.between(0, 2) < 1 ? name : identity.serialNumber;
    texts.push(text.slice(0, Math.ceil(random.between(0, text.length))));
  }
  for (const text of texts) {
    const start = text.toLowerCase();
    const wanted = phones.filter(
      ({ name, identity }) => name.startsWith(start) || identity.serialNumber.toLowerCase().startsWith(start),
    );
    const found = directory.startingWith(text);
    assert.equal(sizeOf(found), wanted.length, text);
    assert.deepEqual(new Set(phonesIn(found)), new Set(wanted), text);
  }
  assert.equal(directory.named("south-000701")?.index, 701);
  assert.equal(directory.named("south"), undefined);
  assert.deepEqual(
    directory.withSerialNumber("S70").map(({ name }) => name),
    [],
  );
  assert.equal(directory.withSerialNumber("S701")[0]?.name, "south-000701");
});

test("the next to be started stays the next whoever is removed, and those that are added come last", () => {
  const phones = planPhones(CONFIG);
  const roster = new Roster(phones);
  const taken = [roster.takeNext(), roster.takeNext(), roster.takeNext()];
  assert.deepEqual(taken, phones.slice(0, 3));
  const gone = new Set([phones[0], phones[2], phones[3]].flatMap((phone) => phone ?? []));
  roster.remove(gone);
  assert.equal(roster.size, 997);
  assert.equal(roster.takeNext(), phones[4]);
  assert.equal(roster.directory.named(phones[0]?.name ?? ""), undefined);
  roster.add(planMore(CONFIG, { group: "north", count: 2, shard: WHOLE_FLEET, after: -1, known: roster.phones }));
  while (roster.takeNext() !== undefined);
  assert.deepEqual(
    phonesIn(roster.directory.ofGroup("north"))
      .slice(-2)
      .map(({ name }) => name),
    ["north-001001", "north-001002"],
  );
});

test("phones that are added have numbers of their shard that no phone of any shard has", () => {
  const shards = [0, 1, 2].map((index) => ({ index, count: 3 }));
  const all = shards.flatMap((shard) => {
    const known = planPhones(CONFIG, shard);
    const once = planMore(CONFIG, { group: "south", count: 5, shard, after: -1, known });
    const after = once.at(-1)?.index ?? 0;
    return [...known, ...once, ...planMore(CONFIG, { group: "north", count: 5, shard, after, known })];
  });
  assert.equal(all.length, 1030);
  for (const own of ["name", "index"] as const) assert.equal(new Set(all.map((phone) => phone[own])).size, 1030, own);
  assert.equal(new Set(all.map(({ identity }) => identity.mac)).size, 1030);
  for (const { group } of all) assert.ok(CONFIG.groups.includes(group), "they are of the group as it was");
});

test("a group whose phones cannot be told apart, or have their logins from a file, can have no more", () => {
  const one = fleetOf({ groups: [{ name: "one", count: 1, serialNumber: "ONLY" }] });
  const more = { group: "one", count: 1, shard: WHOLE_FLEET, after: -1 };
  assert.throws(() => planMore(one, { ...more, known: planPhones(one) }), { code: "CONFIG", message: /same identity/ });
  const [group = assert.fail()] = one.groups;
  const filed = { ...one, groups: [{ ...group, acsLogins: [{ username: "u", password: "p" }] }] };
  assert.throws(() => planMore(filed, { ...more, known: [] }), { code: "CONFIG", message: /logins from a file/ });
  const last = { ...one, groups: [{ ...group, mac: "ff:ff:ff:ff:ff:fd", serialNumber: null }] };
  assert.equal(planMore(last, { ...more, known: [] }).length, 1);
  assert.throws(() => planMore(last, { ...more, count: 2, known: [] }), { message: /beyond the last one/ });
});
