import type { Clock } from "../ports/clock.ts";

/** How guessing is slowed down. */
const FREE_ATTEMPTS = 5;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 300_000;
/** A source of failures is forgotten that long after the last one. */
const FORGET_AFTER_MS = 3_600_000;
/** Sources that are remembered: about 200 kB. */
const MAX_SOURCES = 1000;

interface Failures {
  readonly count: number;
  readonly lastMs: number;
}

/**
 * Failed log-ins by where they come from. Five are free; after that each makes the source wait twice as long as the one
 * before, up to five minutes. An attempt while it waits is not looked at, and does not make the wait longer. A success
 * wipes nothing out: otherwise somebody who shares an address with a user could guess on after each of his log-ins.
 */
export interface LoginAttempts {
  /** Milliseconds that the source has to wait; 0: it may try. */
  waitMs(source: string): number;
  failed(source: string): void;
}

export function createLoginAttempts(clock: Clock): LoginAttempts {
  /** In the order of the last failure. */
  const sources = new Map<string, Failures>();
  const current = (source: string): Failures => {
    const known = sources.get(source);
    const fresh = known !== undefined && clock.monotonic() - known.lastMs < FORGET_AFTER_MS;
    return fresh ? known : { count: 0, lastMs: 0 };
  };
  return {
    waitMs(source) {
      const { count, lastMs } = current(source);
      return Math.max(0, lastMs + penaltyMs(count) - clock.monotonic());
    },
    failed(source) {
      const { count } = current(source);
      sources.delete(source);
      for (const oldest of sources.keys()) {
        if (sources.size < MAX_SOURCES) break;
        sources.delete(oldest);
      }
      sources.set(source, { count: count + 1, lastMs: clock.monotonic() });
    },
  };
}

function penaltyMs(failures: number): number {
  if (failures < FREE_ATTEMPTS) return 0;
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(30, failures - FREE_ATTEMPTS));
}

/** An IPv6 user has a whole network of addresses: its first 64 bits count. IPv4 inside IPv6 counts as IPv4. */
export function sourceOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const [head = "", tail] = (address.split("%")[0] ?? "").split("::");
  const groups = (text: string): readonly string[] => (text === "" ? [] : text.split(":"));
  const [first, last] = [groups(head), groups(tail ?? "")];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  return [...first, ...Array.from({ length: zeros }, () => "0"), ...last].slice(0, 4).join(":");
}
