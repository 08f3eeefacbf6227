/** How fast the time of a scenario passes, in virtual time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunningScenario } from "../../../src/fleet/scenarios/run-scenarios.ts";
import { type VirtualFleet, virtualFleet } from "../../helpers/virtual-fleet.ts";

const LABEL = "Device.LAN.VoiceService.1.VoiceProfile.1.Line.1.SIP.CUSTOM_Label";

async function start(scenario: object): Promise<VirtualFleet & { readonly scenario: RunningScenario }> {
  const virtual = await virtualFleet({
    seed: "rate",
    ramp: { perSecond: 1000 },
    groups: [{ count: 10 }],
    scenarios: [scenario],
  });
  return { ...virtual, scenario: virtual.fleet.scenarios?.all[0] ?? assert.fail() };
}

const timesOf = ({ events }: VirtualFleet, what: string): readonly number[] =>
  events.flatMap((event) => (event.kind === "injected" && event.what === what ? [event.atMs] : []));

test("a roll-out that is told to go twice as fast takes the rest of its phones in half the time, and stands still at 0", async () => {
  const virtual = await start({ kind: "rollOut", atSeconds: 10, overSeconds: 100, set: { [LABEL]: "{i}" } });
  const { scenario, advance, until } = virtual;
  const done = () => timesOf(virtual, "rollOut").length;
  assert.deepEqual([scenario.round, scenario.isDone, scenario.rate], [0, false, 1]);
  await until(() => done() === 3);
  assert.equal(scenario.round, 1);
  scenario.setRate(0);
  await advance(500_000);
  assert.equal(done(), 3);
  scenario.setRate(2);
  await until(() => done() === 10);
  await until(() => scenario.isDone);
  const times = timesOf(virtual, "rollOut");
  const steps = times.slice(1).map((atMs, at) => atMs - (times[at] ?? 0));
  assert.deepEqual(steps.map((ms) => Math.round(ms / 100) / 10).toSpliced(2, 1), [10, 10, 5, 5, 5, 5, 5, 5]);
  assert.ok((steps[2] ?? 0) > 500_000 && (steps[2] ?? 0) < 506_000, "what was left of the step before it stood still");
});

test("an outage that has begun ends in its time, the next one comes sooner", async () => {
  const virtual = await start({ kind: "acsOutage", atSeconds: 100, forSeconds: 20, times: 2, everySeconds: 1000 });
  const { scenario, events, advance, until } = virtual;
  const notices = () => events.flatMap((event) => (event.kind === "notice" ? [event.message] : []));
  await until(() => scenario.round === 1);
  const beganMs = virtual.fleet.elapsedMs;
  scenario.setRate(100);
  await until(() => notices().includes("acsOutage: the ACS is back"));
  assert.ok(Math.abs(virtual.fleet.elapsedMs - beganMs - 20_000) <= 200, "20 seconds are 20 seconds");
  await until(() => scenario.isDone);
  assert.equal(timesOf(virtual, "acsOutage").length, 20);
  assert.ok(virtual.fleet.elapsedMs - beganMs < 60_000);
  await advance(10_000);
});

test("rounds in which no phone is chosen pass, and a fleet that has stopped does nothing more", async () => {
  const virtual = await start({ kind: "rebootStorm", atSeconds: 10, times: 3, everySeconds: 10, sharePercent: 1 });
  await virtual.until(() => virtual.scenario.isDone);
  assert.equal(virtual.scenario.round, 3);
  const other = await start({ kind: "rebootStorm", atSeconds: 10, times: 100, everySeconds: 10 });
  await other.until(() => other.scenario.round === 2);
  await other.fleet.stop();
  await other.advance(100_000);
  other.scenario.setRate(5);
  await other.advance(100_000);
  assert.equal(other.scenario.round, 2);
});
