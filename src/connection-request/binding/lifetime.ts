/**
 * The search for how long a NAT keeps a binding (RFC 3489 10.2), as pure steps: doubling until a binding did not last, then
 * halving the gap. Times are in milliseconds.
 */
export interface LifetimeSearch {
  readonly floorMs: number;
  readonly ceilingMs: number;
  /** A binding has lasted that long, or it is the floor and there is nothing below. */
  readonly lastedMs: number;
  /** A binding has not lasted that long; null while none has been seen to end. */
  readonly endedMs: number | null;
  /** How long to be silent now. */
  readonly periodMs: number;
  /** The search is over: `periodMs` stays. */
  readonly settled: boolean;
}

/** NATs that forget sooner than this are rare, and so is the use of finding out that one is slower than `MAX_MS`. */
const FIRST_MS = 30_000;
const MAX_MS = 300_000;
const MIN_MS = 1000;
/** How long a probe may take: it must be over before the longest silence that is allowed. */
const PROBE_MS = 9500;
/** The search ends when it is known to this, or to a tenth. */
const EXACT_MS = 2000;

/**
 * Within STUNMinimumKeepAlivePeriod and STUNMaximumKeepAlivePeriod (null: no limit). Where they are equal, or too close for a
 * probe between them, there is no search (C-239).
 */
export function startLifetimeSearch(minimumSeconds: number, maximumSeconds: number | null): LifetimeSearch {
  const floorMs = Math.max(MIN_MS, minimumSeconds * 1000);
  const maxMs = Math.max(floorMs, maximumSeconds === null ? MAX_MS : maximumSeconds * 1000);
  const ceilingMs = maxMs - PROBE_MS;
  const first = (limitMs: number): number => Math.min(Math.max(FIRST_MS, floorMs), limitMs);
  if (ceilingMs <= floorMs) {
    return {
      floorMs,
      ceilingMs: maxMs,
      lastedMs: floorMs,
      endedMs: null,
      periodMs: first(maxMs),
      settled: true,
    };
  }
  return { floorMs, ceilingMs, lastedMs: floorMs, endedMs: null, periodMs: first(ceilingMs), settled: false };
}

/** After a silence of `periodMs` the binding was still there, or was not. */
export function searchFurther(search: LifetimeSearch, lasted: boolean): LifetimeSearch {
  if (search.settled) return search;
  const { periodMs, floorMs, ceilingMs } = search;
  const lastedMs = lasted ? Math.max(search.lastedMs, periodMs) : search.lastedMs;
  const endedMs = lasted ? search.endedMs : periodMs;
  const next = { ...search, lastedMs, endedMs };
  if (endedMs === null) {
    const settled = lastedMs >= ceilingMs;
    return { ...next, periodMs: settled ? ceilingMs : Math.min(periodMs * 2, ceilingMs), settled };
  }
  if (endedMs <= floorMs) return { ...next, periodMs: floorMs, settled: true };
  const settled = endedMs - lastedMs <= Math.max(EXACT_MS, lastedMs / 10);
  return { ...next, periodMs: settled ? lastedMs : Math.round((lastedMs + endedMs) / 2), settled };
}

/** There is no way to search: the server cannot answer to another port. */
export function withoutSearch(search: LifetimeSearch): LifetimeSearch {
  return { ...search, settled: true };
}

/** A binding was gone although it should have lasted: the NAT has become quicker. Half as long from now on, and the search anew. */
export function shortened(search: LifetimeSearch, canSearch: boolean): LifetimeSearch {
  const { floorMs, periodMs } = search;
  const half = Math.max(floorMs, Math.round(periodMs / 2));
  const settled = half === floorMs || !canSearch;
  return { ...search, lastedMs: floorMs, endedMs: periodMs, periodMs: half, settled };
}
