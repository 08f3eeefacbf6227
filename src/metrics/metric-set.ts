import { Counter, collectDefaultMetrics, Registry } from "prom-client";
import type { WireObserver } from "../ports/acs-transport.ts";
import type { Meter } from "../ports/meter.ts";
import { type AgentFigures, addAgentGauges, addBuildInfo } from "./gauges.ts";
import { addMeter } from "./prometheus-meter.ts";

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

/** Counts connections to the ACS and what goes over them. */
function addWireCounters(registry: Registry): WireObserver {
  const registers = [registry];
  const connections = new Counter({
    name: "akuvox_cpe_acs_connections_total",
    help: "TCP connections to the ACS that were established.",
    registers,
  });
  const bytes = new Counter({
    name: "akuvox_cpe_acs_bytes_total",
    help: "Bytes of message bodies to and from the ACS, without headers and TLS.",
    labelNames: ["direction"] as const,
    registers,
  });
  for (const direction of ["sent", "received"]) bytes.inc({ direction }, 0);
  return (_session, _at, event) => {
    if (event.kind === "connected") connections.inc();
    if (event.kind === "sent" || event.kind === "received") bytes.inc({ direction: event.kind }, event.bytes);
  };
}
