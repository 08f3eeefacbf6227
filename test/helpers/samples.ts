import { createMetricSet, type MetricSet } from "../../src/metrics/metric-set.ts";

/** Series of ours by name and labels, as a scrape shows them; of a histogram its count and sum. */
export type Samples = Readonly<Record<string, number>>;

export function testMetricSet(): MetricSet {
  return createMetricSet({ version: "1.2.3" });
}

export async function readSamples({ registry }: Pick<MetricSet, "registry">): Promise<Samples> {
  const lines = (await registry.metrics()).split("\n");
  const ours = lines.flatMap((line) => /^(akuvox_cpe_\w+(?:\{.*\})?) (\S+)$/.exec(line) ?? []);
  const pairs = Array.from({ length: ours.length / 3 }, (_, at) => [ours[at * 3 + 1] ?? "", Number(ours[at * 3 + 2])]);
  return Object.fromEntries(pairs.filter(([name]) => !String(name).includes("_bucket{")));
}

/** What moves while `run` runs, and by how much. Without the prefix `akuvox_cpe_`. */
export async function moved(set: MetricSet, run: () => Promise<unknown>): Promise<Samples> {
  const before = await readSamples(set);
  await run();
  const after = await readSamples(set);
  const steps = Object.entries(after).map(([name, value]) => [
    name.replace("akuvox_cpe_", ""),
    Number((value - (before[name] ?? 0)).toFixed(6)),
  ]);
  return Object.fromEntries(steps.filter(([, step]) => step !== 0));
}
