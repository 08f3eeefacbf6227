import type { FleetConfig } from "../../config/fleet/load-fleet.ts";
import { PHONE_STATES } from "../../control/fleet/fleet-control.ts";
import type { GroupSample } from "../../metrics/group-gauges.ts";
import type { MetricsServer } from "../../metrics/metrics-server.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Fleet } from "../fleet.ts";
import { Census } from "./census.ts";

export interface FleetMetricsOptions {
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Figures by group for Prometheus, where the settings ask for them. Throws AgentError LISTEN. */
export async function openFleetMetrics(
  { config: { metrics } }: FleetConfig,
  fleet: Fleet,
  { version, clock, log }: FleetMetricsOptions,
): Promise<MetricsServer | null> {
  const { enable, address, port, hostName } = metrics;
  if (!enable) return null;
  const { openMetricsServer } = await import("../../metrics/metrics-server.ts");
  const source = await fleetMetrics(fleet, { version, clock });
  const server = await openMetricsServer({ address, port, hostName, source, log });
  log.info({ url: server.url }, `Metrics are at ${server.url}`);
  return server;
}

/** The registry of these figures. */
export async function fleetMetrics(fleet: Fleet, { version, clock }: Omit<FleetMetricsOptions, "log">) {
  const { createGroupMetrics } = await import("../../metrics/group-gauges.ts");
  const { figures } = fleet;
  const { registry, sessionEnded } = createGroupMetrics({
    version,
    groups: sampler(fleet, clock),
    connectionRequests: () => figures.connectionRequests.toJSON(),
  });
  figures.onSession(sessionEnded);
  return registry;
}

function sampler(fleet: Fleet, clock: Clock): () => readonly GroupSample[] {
  const census = new Census(fleet, clock);
  return () =>
    [...fleet.figures.groups].map(([group, { counts, tallies }]) => {
      const all = census.countsOf(group);
      return {
        ...{ group, counts },
        states: Object.fromEntries(PHONE_STATES.map((state) => [state, all[state]])),
        outcomes: { success: 0, ...tallies.outcomes.toJSON() },
        rpcs: tallies.rpcs.toJSON(),
        injected: tallies.injected.toJSON(),
      };
    });
}
