import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionOutcome } from "../../src/agent/core/session-history.ts";
import { type FleetConfig, loadFleet } from "../../src/config/fleet/load-fleet.ts";
import { createFleetFigures } from "../../src/fleet/figures/fleet-figures.ts";
import type { GroupFigures } from "../../src/fleet/figures/group-figures.ts";
import { createTimeline } from "../../src/fleet/figures/timeline.ts";
import { WHOLE_FLEET } from "../../src/fleet/shards/shard.ts";
import { type FleetSummary, summarize } from "../../src/fleet/summary.ts";
import { createSeededRandom } from "../../src/system/seeded-random.ts";
import { createFakeTime } from "./fake-time.ts";

/** A fleet.yaml with these values, loaded; its ACS is one that nobody asks unless another is stated. */
export function fleetOf(values: object): FleetConfig {
  const folder = mkdtempSync(join(tmpdir(), "fleet-"));
  try {
    const file = join(folder, "fleet.yaml");
    writeFileSync(file, JSON.stringify({ acs: "http://127.0.0.1:9/", ...values }));
    return loadFleet(file, {});
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const OUTCOME: SessionOutcome = {
  successful: true,
  events: ["2 PERIODIC"],
  startedAt: 1000,
  durationMs: 40,
  served: 0,
  failure: null,
};

const FAILED: SessionOutcome = { ...OUTCOME, successful: false, failure: { code: "ACS_HTTP_STATUS", message: "" } };

/** The summary of two minutes of a made-up fleet: each second something else. */
export async function fleetSummary(): Promise<FleetSummary> {
  const { clock, advance } = createFakeTime({ inMemory: true });
  const config = fleetOf({
    groups: [
      { name: "north", count: 120 },
      { name: "south", count: 80 },
    ],
    thresholds: ["p95 < 500ms", "faults == 0"],
  });
  const figures = createFleetFigures(["north", "south"], clock);
  const timeline = createTimeline();
  const phones = new Map<string, ReturnType<GroupFigures["phone"]>[]>();
  const random = createSeededRandom("report");
  for (let second = 0; second < 120; second++) {
    const isDown = second > 50 && second < 60;
    for (const [name, group] of figures.groups) {
      const own = phones.get(name) ?? [];
      if (second < 60) own.push(group.phone());
      if (second < 60) own.at(-1)?.started();
      const phone = own[second % 60];
      const startedAt = second * 1000 + random.between(0, 1000);
      phone?.ended({ ...(isDown ? FAILED : OUTCOME), startedAt, durationMs: random.between(5, 80) });
      if (isDown) phone?.ended({ ...OUTCOME, startedAt: startedAt + random.between(5000, 10_000), durationMs: 30 });
      phones.set(name, own);
      figures.observe(second, 0, { kind: "sent", body: null, bytes: 0, authorized: false }, { at: 0, events: [] });
      group.meter.rpcServed({ method: "GetParameterValues", durationMs: 2, fault: null });
      if (second % 40 === 3)
        group.meter.rpcServed({ method: "Reboot", durationMs: 2, fault: { faultCode: 9002, parameterFaults: [] } });
      if (name === "north" && second > 90) group.injected("reboot storm");
      figures.requests.record(random.between(3, isDown ? 900 : 90));
    }
    figures.statuses.add(isDown ? "503" : "200", 2);
    await advance(1000);
    const process = { open: second % 7, waiting: 0, rate: 2, rssMiB: 200, latency: figures.requests.takeRecent() };
    timeline.add({ atMs: clock.monotonic(), phones: 120, ...figures.counts(), ...process });
  }
  const run = { figures, size: 200, elapsedMs: 120_000, timeline, startedAt: Date.UTC(2026, 0, 1) };
  return summarize(config, run, { failure: null, shard: WHOLE_FLEET });
}
