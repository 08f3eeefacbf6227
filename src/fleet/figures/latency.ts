import { build, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";

/** Latencies of a run, exact to three digits, from a microsecond to an hour. */
export interface Latency {
  record(ms: number): void;
  readonly count: number;
  readonly meanMs: number;
  readonly maxMs: number;
  /** 0 to 100; 0 where nothing was recorded. */
  percentileMs(percentile: number): number;
  /** What was recorded since the last call of this: `p50`, `p95` and `p99` in milliseconds; null: nothing. */
  takeRecent(): RecentLatency | null;
  /** The histogram in the compressed form of HdrHistogram logs: those of several processes add up. */
  encoded(): string;
}

export interface RecentLatency {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const MAX_US = 3_600_000_000;
const PER_MS = 1000;

export function createLatency(): Latency {
  const all = newHistogram();
  const recent = newHistogram();
  return {
    record(ms) {
      const us = Math.min(Math.max(Math.round(ms * PER_MS), 1), MAX_US);
      all.recordValue(us);
      recent.recordValue(us);
    },
    get count() {
      return all.totalCount;
    },
    get meanMs() {
      return all.totalCount === 0 ? 0 : all.mean / PER_MS;
    },
    get maxMs() {
      return all.totalCount === 0 ? 0 : all.maxValue / PER_MS;
    },
    percentileMs: (percentile) => percentileOf(all, percentile),
    takeRecent() {
      const { totalCount: count } = recent;
      if (count === 0) return null;
      const taken = {
        count,
        p50: percentileOf(recent, 50),
        p95: percentileOf(recent, 95),
        p99: percentileOf(recent, 99),
      };
      recent.reset();
      return taken;
    },
    encoded: () => encodeIntoCompressedBase64(all),
  };
}

function newHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: MAX_US,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  });
}

function percentileOf(histogram: Histogram, percentile: number): number {
  return histogram.totalCount === 0 ? 0 : histogram.getValueAtPercentile(percentile) / PER_MS;
}
