import type { FleetConfig } from "../../config/fleet/load-fleet.ts";
import type { MetricsServer } from "../../metrics/metrics-server.ts";
import type { MetricValues } from "../../metrics/summed-metrics.ts";
import type { Logger } from "../../ports/logger.ts";
import { askAll } from "./ask-workers.ts";
import { PRIVATE } from "./serve-parent.ts";
import { askWorker } from "./worker-link.ts";
import type { WorkerPart } from "./worker-part.ts";

/** The figures of all workers at one port, if enabled in the settings. Throws AgentError LISTEN. */
export async function openSummedMetrics(
  { config: { metrics } }: FleetConfig,
  parts: readonly WorkerPart[],
  log: Logger,
): Promise<MetricsServer | null> {
  const { enable, address, port, hostName } = metrics;
  if (!enable) return null;
  const { metricsWhenGone, METRICS_TYPE, sumMetrics } = await import("../../metrics/summed-metrics.ts");
  const { openMetricsServer } = await import("../../metrics/metrics-server.ts");
  /** The latest figures of each worker. */
  const last = new Map<WorkerPart, MetricValues>();
  const source = {
    contentType: METRICS_TYPE,
    async metrics() {
      const { done, down } = await askAll(parts, ({ link }) => askWorker<MetricValues>(link, PRIVATE.metrics));
      for (const { part, answer } of done) last.set(part, answer);
      const gone = down.map(({ part }) => metricsWhenGone(last.get(part) ?? []));
      return sumMetrics([...done.map(({ answer }) => answer), ...gone]);
    },
  };
  const server = await openMetricsServer({ address, port, hostName, source, log });
  log.info({ url: server.url }, `Metrics are at ${server.url}`);
  return server;
}
