import assert from "node:assert/strict";
import { test } from "node:test";
import { planPhones } from "../../../src/fleet/plan.ts";
import { scheduleRound } from "../../../src/fleet/scenarios/schedule.ts";
import { fleetOf } from "../../helpers/fleet.ts";

function schedule(scenario: object, seed = "s", shard?: { readonly index: number; readonly count: number }) {
  const fleet = fleetOf({
    groups: [
      { name: "a", count: 100 },
      { name: "b", count: 100 },
    ],
    scenarios: [scenario],
  });
  const [only = assert.fail()] = fleet.scenarios;
  return [1, 2].flatMap((round) => scheduleRound(only, planPhones(fleet, shard), { seed, round }));
}

const told = (steps: ReturnType<typeof schedule>) =>
  steps.map(({ atMs, phone, round }) => `${round} ${atMs} ${phone.name}`);

test("the same seed chooses the same phones and times, another one others", () => {
  const storm = { kind: "rebootStorm", atSeconds: 10, overSeconds: 60, sharePercent: 30, everySeconds: 100 };
  const once = schedule(storm);
  assert.deepEqual(told(schedule(storm)), told(once));
  assert.notDeepEqual(told(schedule(storm, "t")), told(once));
  const first = once.filter(({ round }) => round === 1);
  assert.ok(first.length > 35 && first.length < 85, String(first.length));
  assert.ok(first.every(({ atMs }) => atMs >= 10_000 && atMs < 70_000));
  assert.ok(once.filter(({ round }) => round === 2).every(({ atMs }) => atMs >= 110_000 && atMs < 170_000));
});

test("what happens to a phone does not depend on the shard that it runs in", () => {
  const storm = { kind: "powerCut", overSeconds: 60, sharePercent: 50 };
  const shards = [0, 1].flatMap((index) => schedule(storm, "s", { index, count: 2 }));
  assert.deepEqual(told(shards).toSorted(), told(schedule(storm)).toSorted());
});

test("a roll-out goes from phone to phone in even steps, a scenario of a group reaches no other", () => {
  const steps = schedule({ kind: "rollOut", overSeconds: 100, groups: ["b"] }).slice(0, 100);
  assert.deepEqual(
    steps.map(({ atMs }) => atMs),
    Array.from({ length: 100 }, (_, at) => at * 1000),
  );
  assert.ok(steps.every(({ phone }, at) => phone.name === `b-${String(at + 101).padStart(6, "0")}`));
});
