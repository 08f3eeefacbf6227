/** An outage in virtual time: 200 phones, or as many as FLEET_PHONES says. 10,000 take minutes of a processor. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { virtualFleet } from "../helpers/virtual-fleet.ts";

const PHONES = Number(process.env.FLEET_PHONES ?? 200);
const OUTAGE_MS = 600_000;
const BIN_MS = 10_000;

test("after ten minutes without an ACS all phones are back by the retry table, at most at twice the rate that it expects", async () => {
  const settings = { tr069: { periodicInform: { enable: true, interval: 300 } } };
  const { fleet, setAcs, advance, arrivals } = await virtualFleet({
    seed: "outage",
    ramp: { perSecond: 500 },
    openSessions: 100_000,
    settings,
    groups: [{ count: PHONES }],
  });
  await advance(60_000);
  assert.equal(fleet.figures.counts().reached, PHONES);
  setAcs(false);
  await advance(OUTAGE_MS);
  // Within one interval each phone has found that the ACS is not there.
  assert.equal(fleet.figures.counts().retrying, PHONES);
  setAcs(true);
  const before = arrivals.length;
  const backAt = 60_000 + OUTAGE_MS;
  // A phone that failed until then waits in row 7 of the table at most (5 s × 2⁷ = 640 s).
  await advance(640_000);
  assert.equal(fleet.figures.counts().retrying, 0);

  const bins = new Map<number, number>();
  for (const at of arrivals.slice(before)) {
    const bin = Math.floor((at - backAt) / BIN_MS);
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  const peak = Math.max(...bins.values());
  // Five to ten minutes after its first failure a phone waits in row 6 (160 to 320 s) or a later one, and its next periodic Inform
  // ends the wait: no phone is more likely than that to come in a second.
  const expected = (PHONES / 160 + PHONES / 300) * (BIN_MS / 1000);
  assert.ok(peak <= 2 * expected, `${peak} in ten seconds, ${expected.toFixed(0)} expected`);
  await fleet.stop();
});

test("the same seed gives the same messages, another one others", async () => {
  const trace = async (seed: string): Promise<readonly string[]> => {
    const { fleet, sent, until } = await virtualFleet(
      {
        seed,
        ramp: { perSecond: 5 },
        groups: [{ count: 10 }],
        scenarios: [{ kind: "rebootStorm", atSeconds: 10, overSeconds: 20, sharePercent: 50 }],
        misbehaviour: [{ fault: "clockSkew", sharePercent: 30 }],
      },
      true,
    );
    await until(() => fleet.elapsedMs > 60_000);
    await fleet.stop();
    return sent;
  };
  const once = await trace("one");
  assert.ok(once.length > 20);
  assert.deepEqual(await trace("one"), once);
  assert.notDeepEqual(await trace("two"), once);
});

test("a healthy phone never does what its neighbours do wrong, and is none the worse for it", async () => {
  const { fleet, sent, until, events } = await virtualFleet(
    {
      seed: "s",
      settings: { tr069: { periodicInform: { enable: true, interval: 20 } } },
      ramp: { perSecond: 100 },
      groups: [
        { name: "healthy", count: 5 },
        { name: "wrong", count: 5 },
      ],
      misbehaviour: [
        { fault: "malformedXml", step: 1, groups: ["wrong"], everySessions: 3 },
        { fault: "clockSkew", groups: ["wrong"] },
        { fault: "drop", step: 2, groups: ["wrong"], everySessions: 2 },
        { fault: "sameIdentity", groups: ["wrong"], sharePercent: 50 },
      ],
    },
    true,
  );
  await until(() => fleet.elapsedMs > 120_000);
  const healthy = sent.filter((line) => line.startsWith("healthy"));
  assert.ok(healthy.some((line) => line.includes("<cwmp:Inform")));
  const current = healthy.flatMap((line) => /<CurrentTime[^>]*>([^<]*)</.exec(line)?.[1] ?? []);
  assert.ok(
    current.every((text) => text.startsWith("2026-01-01T")),
    current.join(),
  );
  assert.ok(
    sent.some((line) => (line.startsWith("wrong") && line.includes("2024-12-31T")) || line.includes("2025-01-01T")),
  );
  const figures = fleet.figures.groups.get("healthy");
  assert.deepEqual([figures?.counts.failures, figures?.counts.injected, figures?.counts.reached], [0, 0, 5]);
  const injected = new Set(events.flatMap((event) => (event.kind === "injected" ? [event.what] : [])));
  for (const fault of ["clockSkew", "drop", "sameIdentity"]) assert.ok(injected.has(fault), fault);
  await fleet.stop();
});
