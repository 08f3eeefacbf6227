import { AggregatorRegistry, Registry } from "prom-client";

interface MetricValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
}

/** The result of `Registry.getMetricsAsJSON`, parsed from JSON. */
export type MetricValues = readonly {
  readonly name: string;
  readonly type: string;
  readonly values: readonly MetricValue[];
}[];

/**
 * The sums of the figures of several processes, in the text format of Prometheus; `akuvox_cpe_build_info` is that of the first
 * process.
 */
export function sumMetrics(all: readonly MetricValues[]): Promise<string> {
  return AggregatorRegistry.aggregate([...all]).metrics();
}

/** Content-Type of the text format. */
export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

const STATES = "akuvox_cpe_fleet_phones";
const BUILD = "akuvox_cpe_build_info";

/**
 * The figures of a process that no longer answers: its counters and histograms, because a counter must not decrease, and its phones in
 * the state `gone`.
 */
export function metricsWhenGone(last: MetricValues): MetricValues {
  return last.flatMap((metric) => {
    if (metric.name === STATES) return [{ ...metric, values: goneValues(metric.values) }];
    return metric.type === "gauge" && metric.name !== BUILD ? [] : [metric];
  });
}

function goneValues(values: readonly MetricValue[]): readonly MetricValue[] {
  const phones = new Map<string, number>();
  for (const { labels, value } of values) {
    const group = String(labels.group);
    phones.set(group, (phones.get(group) ?? 0) + value);
  }
  return [...phones].map(([group, value]) => ({ labels: { group, state: "gone" }, value }));
}
