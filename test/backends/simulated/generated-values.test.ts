/** Values that change by themselves: what they are at a time, and what a restart of the phone does to them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type CounterGenerator,
  GeneratedValuesBehaviour,
  type Generator,
} from "../../../src/backends/simulated/generated-values.ts";
import { createFakeTime, type FakeTime } from "../../helpers/fake-time.ts";

const KEY = "Status.Clone.Device.X";

function phoneWith(time: FakeTime, generator: Generator, seed = "seed"): GeneratedValuesBehaviour {
  const phone = new GeneratedValuesBehaviour(time, new Map([[KEY, generator]]), seed);
  phone.powerOn();
  return phone;
}

async function series(generator: Generator, length: number, seed = "seed"): Promise<readonly string[]> {
  const time = createFakeTime({ inMemory: true });
  const phone = phoneWith(time, generator, seed);
  const values: string[] = [];
  for (let at = 0; at < length; at++) {
    values.push(phone.read(KEY) ?? "");
    await time.advance(10_000);
  }
  return values;
}

const COUNTER: CounterGenerator = {
  ...{ generator: "counter", from: 5n, step: 3n, everySeconds: 10, sinceMs: null, low: 0n, high: 2n ** 32n - 1n },
};

test("a counter grows by its step, whoever reads it how often, and begins anew with each restart of the phone", async () => {
  const time = createFakeTime({ inMemory: true });
  const phone = phoneWith(time, COUNTER);
  assert.deepEqual([phone.read(KEY), phone.read(KEY)], ["5", "5"]);
  await time.advance(29_999);
  assert.equal(phone.read(KEY), "11");
  await time.advance(1);
  assert.equal(phone.read(KEY), "14");
  phone.powerOff();
  phone.powerOn();
  assert.equal(phone.read(KEY), "5");
});

test("a counter that counts since a time goes on through restarts, and nobody turns it back with the clock", async () => {
  const time = createFakeTime({ inMemory: true });
  const sinceMs = time.clock.now() - 100_000;
  const phone = phoneWith(time, { ...COUNTER, sinceMs });
  assert.equal(phone.read(KEY), "35");
  phone.powerOff();
  await time.advance(10_000);
  phone.powerOn();
  assert.equal(phone.read(KEY), "38");
  time.setWallClock(0);
  assert.equal(phone.read(KEY), "38");
  assert.equal(phoneWith(time, { ...COUNTER, sinceMs: time.clock.now() + 5_000_000 }).read(KEY), "5");
});

test("a counter begins again at the smallest number after the largest one, exact beyond what a float can hold", async () => {
  const high = 2n ** 64n - 1n;
  const time = createFakeTime({ inMemory: true });
  const phone = phoneWith(time, { ...COUNTER, from: high - 3n, high });
  await time.advance(10_000);
  assert.equal(phone.read(KEY), String(high));
  await time.advance(10_000);
  assert.equal(phone.read(KEY), "2");
});

test("an uptime is that of the phone since its last start", async () => {
  const time = createFakeTime({ inMemory: true });
  const phone = phoneWith(time, { generator: "uptime" });
  await time.advance(61_500);
  assert.equal(phone.read(KEY), "61");
  phone.powerOn();
  assert.equal(phone.read(KEY), "0");
});

test("choices and walks are the same for the same seed, others for another, and stay within what is stated", async () => {
  const of = ["a", "b", "c"];
  const choice: Generator = { generator: "choice", of, everySeconds: 10 };
  const walk: Generator = { generator: "walk", from: -60, min: -90, max: -40, step: 6, unit: 2, everySeconds: 10 };
  for (const generator of [choice, walk]) {
    const values = await series(generator, 400);
    assert.deepEqual(await series(generator, 400), values);
    assert.notDeepEqual(await series(generator, 400, "other"), values);
  }
  assert.deepEqual(new Set(await series(choice, 400)), new Set(of));
  const steps = (await series(walk, 400)).map(Number);
  assert.equal(steps[0], -60);
  assert.ok(steps.every((value) => value >= -90 && value <= -40 && value % 2 === 0));
  const moves = steps.slice(1).map((value, at) => Math.abs(value - (steps[at] ?? 0)));
  assert.equal(Math.max(...moves), 6);
});

test("a walk is the same whether it is looked at often or seldom, and goes on through a restart", async () => {
  const walk: Generator = { generator: "walk", from: 0, min: -1000, max: 1000, step: 5, unit: 1, everySeconds: 10 };
  const often = await series(walk, 200);
  const time = createFakeTime({ inMemory: true });
  const seldom = phoneWith(time, walk);
  await time.advance(1_000_000);
  seldom.powerOff();
  seldom.powerOn();
  assert.equal(seldom.read(KEY), often[100]);
  await time.advance(990_000);
  assert.equal(seldom.read(KEY), often[199]);
});
