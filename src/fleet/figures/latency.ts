import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";

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
  /** Adds what another one has recorded, whose longest was `maxMs`. Throws RangeError where the text is not what `encoded` answers. */
  add(encoded: string, maxMs: number): void;
}

export interface RecentLatency {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const MAX_US = 3_600_000_000;
const PER_MS = 1000;
const DIGITS = 3;

export function createLatency(): Latency {
  const all = newHistogram();
  const recent = newHistogram();
  // A histogram that was encoded knows it to three digits alone.
  let maxUs = 0;
  return {
    record(ms) {
      const us = Math.min(Math.max(Math.round(ms * PER_MS), 1), MAX_US);
      maxUs = Math.max(maxUs, us);
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
      return maxUs / PER_MS;
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
    add(encoded, maxMs) {
      all.add(decoded(encoded));
      maxUs = Math.max(maxUs, maxMs * PER_MS);
    },
  };
}

/** Longer than any histogram of ours: those have fewer than 30,000 places. */
const MAX_ENCODED = 1_048_576;

function decoded(encoded: string): Histogram {
  const histogram = encoded.length > MAX_ENCODED ? null : attempt(() => decodeFromCompressedBase64(encoded));
  const isOurs =
    histogram !== null &&
    histogram.highestTrackableValue === MAX_US &&
    histogram.numberOfSignificantValueDigits === DIGITS;
  if (!isOurs) throw new RangeError("it is not a histogram of microseconds with three digits");
  return histogram;
}

/** Null: the library cannot read it, for whatever reason. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function newHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: MAX_US,
    numberOfSignificantValueDigits: DIGITS,
    useWebAssembly: false,
  });
}

function percentileOf(histogram: Histogram, percentile: number): number {
  return histogram.totalCount === 0 ? 0 : histogram.getValueAtPercentile(percentile) / PER_MS;
}
