import type { WireObserver } from "../ports/acs-transport.ts";
import type { Scheduler, Timer } from "../ports/clock.ts";

/** Gives back the memory that a session has needed, once the phone is quiet again. */
export interface IdleMemory {
  readonly observe: WireObserver;
  close(): Promise<void>;
}

export interface IdleMemoryOptions {
  readonly scheduler: Scheduler;
  /** Collects garbage; undefined where node was not started with --expose-gc, as the package starts it: then nothing is done. */
  readonly collect: (() => void) | undefined;
}

/** Shorter pauses are those within a session, or between two of a busy phone: it will need the memory again. */
const QUIET_MS = 1_000;

/** What the first finds unused, such as node's buffers, is given back by the second: worth 4 MiB after many sessions. */
function twice(collect: () => void): void {
  collect();
  collect();
}

/**
 * Left to itself V8 keeps the garbage of a session until it needs the room, which on a phone with one session an hour is
 * the next day. A collection takes some 20 ms on a computer.
 */
export function createIdleMemory({ scheduler, collect }: IdleMemoryOptions): IdleMemory {
  let timer: Timer | null = null;
  return {
    observe() {
      timer?.cancel();
      timer = collect === undefined ? null : scheduler.after(QUIET_MS, "collection of garbage", () => twice(collect));
    },
    async close() {
      timer?.cancel();
    },
  };
}
