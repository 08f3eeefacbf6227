import assert from "node:assert/strict";
import { test } from "node:test";
import { virtualFleet } from "../helpers/virtual-fleet.ts";

test("a phone with the fault sameIdentity says that it is the one before it, the others who they are", async () => {
  const groups = [
    { name: "north", count: 3 },
    { name: "south", count: 3 },
  ];
  const misbehaviour = [{ fault: "sameIdentity", groups: ["south"] }];
  const { fleet, sent, until } = await virtualFleet({ ramp: { perSecond: 100 }, groups, misbehaviour }, true);
  await fleet.start();
  await until(() => fleet.figures.counts().reached === 6);
  const serials = sent.flatMap((text) => /<SerialNumber>([^<]*)/.exec(text)?.[1] ?? []);
  assert.deepEqual(serials.map((serial) => Number.parseInt(serial.slice(-6), 16)).toSorted(), [1, 2, 3, 3, 4, 5]);
  const injected = [...fleet.figures.groups].map(([name, { tallies }]) => [name, tallies.injected.of("sameIdentity")]);
  assert.deepEqual(injected, [
    ["north", 0],
    ["south", 3],
  ]);
  await fleet.stop();
});
