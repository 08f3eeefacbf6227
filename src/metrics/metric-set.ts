import { collectDefaultMetrics, Registry } from "prom-client";
import type { WireObserver } from "../ports/acs-transport.ts";
import type { Meter } from "../ports/meter.ts";
import { type AgentFigures, addAgentGauges, addBuildInfo } from "./gauges.ts";
import { addMeter } from "./prometheus-meter.ts";
import { addWireCounters } from "./wire-counters.ts";

/** All figures of a process, in a registry of their own. Any number of agents share one set. */
export interface MetricSet {
  readonly registry: Registry;
  readonly meter: Meter;
  /** Counts what goes over the connections to the ACS. */
  readonly observe: WireObserver;
  /** Whose state is read at each scrape. */
  watch(agents: () => Iterable<AgentFigures>): void;
}

export function createMetricSet({ version }: { readonly version: string }): MetricSet {
  const registry = new Registry();
  let watched: () => Iterable<AgentFigures> = () => [];
  addBuildInfo(registry, version);
  addAgentGauges(registry, () => watched());
  const meter = addMeter(registry);
  const observe = addWireCounters(registry);
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    meter,
    observe,
    watch(agents) {
      watched = agents;
    },
  };
}
