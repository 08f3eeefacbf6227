import { createMetricSet, type MetricSet } from "../metrics/metric-set.ts";
import { openMetricsServer } from "../metrics/metrics-server.ts";
import type { WireObserver } from "../ports/acs-transport.ts";
import type { Meter } from "../ports/meter.ts";
import type { LocalInterface, LocalInterfaceParts } from "./local-interfaces.ts";

/** The figures of this process: what counts them is there before the agent, their page opens after it. */
export interface Metrics {
  readonly meter: Meter;
  readonly observe: WireObserver;
  /** AgentError LISTEN: the port cannot be had. */
  readonly open: (parts: Pick<LocalInterfaceParts, "config" | "agent" | "log">) => Promise<LocalInterface>;
}

export function createMetrics(version: string): Metrics {
  const set = createMetricSet({ version });
  return { meter: set.meter, observe: set.observe, open: (parts) => openInterface(set, parts) };
}

async function openInterface(
  { registry, watch }: MetricSet,
  { config, agent, log }: Pick<LocalInterfaceParts, "config" | "agent" | "log">,
): Promise<LocalInterface> {
  watch(() => [agent.status()]);
  const { address, port, hostName } = config.metrics;
  const server = await openMetricsServer({ address, port, hostName, source: registry, log });
  log.info({ url: server.url }, `Metrics are at ${server.url}`);
  return server;
}
