import type { Clock, Scheduler, Timer } from "../../src/ports/clock.ts";

export interface PendingTimer {
  readonly name: string;
  readonly dueMs: number;
}

export interface FakeTime {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Lets time pass: runs the timers that come due, in order, and lets promises and file access come to rest after each. */
  advance(ms: number): Promise<void>;
  /** Pushes time from timer to timer until the promise settles; fails when it has not after `limitMs` (one day), or never will. */
  runUntil<T>(promise: Promise<T>, limitMs?: number): Promise<T>;
  /** Soonest first. */
  pendingTimers(): readonly PendingTimer[];
  /** Makes wall time jump; waits do not notice. */
  setWallClock(now: number): void;
}

interface FakeTimer extends PendingTimer {
  readonly order: number;
  readonly run: () => void;
}

const DAY_MS = 86_400_000;
/** Turns of the event loop that must go by without file access before all counts as at rest. */
const QUIET_TURNS = 4;
const LOOKS_WITHOUT_SLEEP = 32;
/** How long `runUntil` waits, in real time, for a promise that no timer can settle, such as one on a socket. */
const REAL_LIMIT_MS = 5_000;

export interface FakeTimeOptions {
  /** 2024-05-01T12:00:00Z unless given. */
  readonly now?: number;
  readonly offsetMinutes?: number;
  /** Nothing under test touches files or sockets: one turn of the event loop brings all to rest. Many times faster. */
  readonly inMemory?: boolean;
  /** Programs that run, and what they still have to say, count as work under way; none of them may go on for ever. */
  readonly withProcesses?: boolean;
}

/** A timer whose callback throws makes `advance` fail. */
export function createFakeTime(options: FakeTimeOptions = {}): FakeTime {
  /** Soonest first: a fleet has tens of thousands. */
  const timers: FakeTimer[] = [];
  const listeners = new Set<() => void>();
  let monotonicMs = 0;
  let bootMs = options.now ?? Date.UTC(2024, 4, 1, 12);
  let started = 0;

  const isBusy = options.withProcesses === true ? usesFilesOrProcesses() : usesFiles;
  const settle =
    options.inMemory === true ? () => new Promise<void>((resolve) => setImmediate(resolve)) : () => settleWhile(isBusy);

  const clock: Clock = {
    now: () => bootMs + monotonicMs,
    monotonic: () => monotonicMs,
    offsetMinutes: () => options.offsetMinutes ?? 0,
    onSet(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const scheduler: Scheduler = {
    after(delayMs, name, run): Timer {
      const timer = { name, dueMs: monotonicMs + Math.max(0, delayMs), order: started++, run };
      timers.splice(placeIn(timers, timer), 0, timer);
      const cancel = (): void => {
        const place = placeIn(timers, timer);
        if (timers[place] === timer) timers.splice(place, 1);
      };
      return { name, dueMs: timer.dueMs, cancel };
    },
  };

  /** Runs the next timer due by `untilMs`; false when there is none. */
  async function runNext(untilMs: number): Promise<boolean> {
    const [timer] = timers;
    if (timer === undefined || timer.dueMs > untilMs) return false;
    timers.shift();
    monotonicMs = Math.max(monotonicMs, timer.dueMs);
    timer.run();
    await settle();
    return true;
  }

  async function advance(ms: number): Promise<void> {
    await settle();
    const untilMs = monotonicMs + ms;
    while (await runNext(untilMs));
    monotonicMs = untilMs;
  }

  async function runUntil<T>(promise: Promise<T>, limitMs = DAY_MS): Promise<T> {
    let settled = false;
    const mark = () => {
      settled = true;
    };
    promise.then(mark, mark);
    const untilMs = monotonicMs + limitMs;
    const realUntilMs = performance.now() + REAL_LIMIT_MS;
    await settle();
    while (!settled) {
      if (await runNext(untilMs)) continue;
      if (timers.length > 0) throw new Error(`not settled after ${limitMs} ms; next timer: ${timers[0]?.name}`);
      if (performance.now() > realUntilMs) throw new Error("not settled, and no timer is left that could settle it");
      // What comes now may start a timer, and files or processes that it is for.
      await settle();
    }
    return promise;
  }

  return {
    clock,
    scheduler,
    advance,
    runUntil,
    pendingTimers: () => timers.map(({ name, dueMs }) => ({ name, dueMs })),
    setWallClock(now) {
      bootMs = now - monotonicMs;
      for (const listener of [...listeners]) listener();
    },
  };
}

/** Where a timer is, or belongs, among those in order. */
function placeIn(timers: readonly FakeTimer[], { dueMs, order }: FakeTimer): number {
  let [from, to] = [0, timers.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const other = timers[middle];
    const isBefore = other !== undefined && (other.dueMs < dueMs || (other.dueMs === dueMs && other.order < order));
    if (isBefore) from = middle + 1;
    else to = middle;
  }
  return from;
}

/**
 * Lets promise chains and file access that are under way come to rest. Once file access takes its time the event loop sleeps
 * between looks: a loop that turns all the while takes the processor from whoever does the work.
 */
function settleWhile(isBusy: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    let quiet = 0;
    let looks = 0;
    const look = (): void => {
      const busy = isBusy();
      quiet = busy ? 0 : quiet + 1;
      if (quiet === QUIET_TURNS) resolve();
      else if (busy && ++looks > LOOKS_WITHOUT_SLEEP) setTimeout(look, 1);
      else setImmediate(look);
    };
    setImmediate(look);
  });
}

function usesFiles(): boolean {
  return process.getActiveResourcesInfo().some((kind) => kind.startsWith("FSReq") || kind === "CloseReq");
}

function usesFilesOrProcesses(): () => boolean {
  const pipes = () => process.getActiveResourcesInfo().filter((kind) => kind === "PipeWrap").length;
  // The test's own.
  const ownPipes = pipes();
  return () => usesFiles() || process.getActiveResourcesInfo().includes("ProcessWrap") || pipes() > ownPipes;
}
