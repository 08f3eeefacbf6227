import assert from "node:assert/strict";
import { test } from "node:test";
import { planPhones } from "../../../src/fleet/plan.ts";
import {
  isInShard,
  overlap,
  shareOf,
  sizeInShard,
  WHOLE_FLEET,
  workerConfig,
} from "../../../src/fleet/shards/shard.ts";
import { fleetOf } from "../../helpers/fleet.ts";

test("how many phones of a group a shard has is what it plans, wherever the group begins", () => {
  for (const firstIndex of [0, 1, 5, 1000])
    for (const size of [1, 2, 7, 30])
      for (const count of [1, 2, 3, 8])
        for (let index = 0; index < count; index++) {
          const shard = { index, count };
          const numbers = Array.from({ length: size }, (_, at) => firstIndex + at);
          const expected = numbers.filter((number) => isInShard(number, shard)).length;
          assert.equal(sizeInShard(firstIndex, size, shard), expected, JSON.stringify({ firstIndex, size, shard }));
        }
  const fleet = fleetOf({ groups: [{ firstIndex: 3, count: 10 }] });
  assert.equal(planPhones(fleet, { index: 1, count: 4 }).length, sizeInShard(3, 10, { index: 1, count: 4 }));
});

test("two shards overlap where some number is in both, though their counts differ", () => {
  const all = [1, 2, 3, 4, 6].flatMap((count) => Array.from({ length: count }, (_, index) => ({ index, count })));
  for (const one of all)
    for (const other of all) {
      const numbers = Array.from({ length: 24 }, (_, number) => number);
      const expected = numbers.some((number) => isInShard(number, one) && isInShard(number, other));
      assert.equal(overlap(one, other), expected, JSON.stringify([one, other]));
    }
});

test("a shard has its share of the rate, of the open sessions and of the UDP sockets, and the whole fleet has all", () => {
  const fleet = fleetOf({ ramp: { perSecond: 10 }, openSessions: 6, udpSockets: 6, groups: [{ count: 100 }] });
  const { ramp, openSessions, udpSockets } = shareOf(fleet, { index: 3, count: 4 });
  assert.deepEqual([ramp.perSecond, openSessions, udpSockets], [2.5, 2, 2]);
  const small = shareOf(fleet, { index: 0, count: 100 });
  assert.deepEqual([small.openSessions, small.udpSockets], [1, 1]);
  assert.deepEqual(shareOf(fleet, WHOLE_FLEET), fleet);
});

test("workers that have stated ports take those after the first one's, for their UDP sockets too", () => {
  const fleet = fleetOf({ udpSockets: 6, settings: { listen: { port: 7547, udpPort: 9000 } }, groups: [{ count: 4 }] });
  const ports = [0, 1].map((index) => workerConfig(fleet, { index, count: 2 }).config.listen);
  assert.deepEqual(
    ports.map(({ port, udpPort }) => [port, udpPort]),
    [
      [7547, 9000],
      [7548, 9006],
    ],
  );
  const any = workerConfig(fleetOf({ settings: { listen: { udpPort: 0 } } }), { index: 3, count: 4 }).config.listen;
  assert.deepEqual([any.port, any.udpPort], [0, 0]);
});
