import type { Clock, Scheduler, Timer } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { PeriodicSettings } from "./acs-settings.ts";
import { startWallClockTimer } from "./wall-clock-timer.ts";

/** Where a clock that was set has made one late by more, it comes at its next phase; and by more than 1 % of the interval. */
const LATE_LIMIT_MS = 5_000;

/** The first instant after `now` that lies a whole number of intervals from the phase (C-103). */
export function nextPeriodicMs(now: number, intervalSeconds: number, phaseMs: number): number {
  const intervalMs = intervalSeconds * 1000;
  return phaseMs + (Math.floor((now - phaseMs) / intervalMs) + 1) * intervalMs;
}

/** Periodic Inform: fires on its phase; a new setting, and a clock that is set, count at once (C-103 to C-105). */
export interface PeriodicInform {
  apply(settings: PeriodicSettings): void;
  /** Wall time of the next one, milliseconds since 1970; null while it is off. */
  readonly nextAt: number | null;
  stop(): void;
}

interface Running {
  nextAt(): number | null;
  cancel(): void;
}

export function createPeriodicInform(
  ports: { readonly clock: Clock; readonly scheduler: Scheduler; readonly random: Random },
  due: () => void,
): PeriodicInform {
  let current: PeriodicSettings | null = null;
  let running: Running | null = null;

  const stop = (): void => {
    running?.cancel();
    running = null;
    current = null;
  };

  return {
    apply(settings) {
      if (current !== null && same(current, settings)) return;
      stop();
      current = settings;
      const { enabled, intervalSeconds, phaseMs } = settings;
      if (!enabled) return;
      running =
        phaseMs === null
          ? startAnywhere(ports, intervalSeconds, due)
          : startOnPhase(ports, intervalSeconds, phaseMs, due);
    },
    get nextAt() {
      return running?.nextAt() ?? null;
    },
    stop,
  };
}

type Ports = Parameters<typeof createPeriodicInform>[0];

function startOnPhase({ clock, scheduler }: Ports, intervalSeconds: number, phaseMs: number, run: () => void): Running {
  const timer = startWallClockTimer({
    clock,
    scheduler,
    name: "periodic Inform",
    next: (after) => nextPeriodicMs(after, intervalSeconds, phaseMs),
    lateLimitMs: Math.min(LATE_LIMIT_MS, intervalSeconds * 10),
    jumpLimitMs: 0,
    run,
  });
  return { nextAt: () => timer.dueAt, cancel: () => timer.cancel() };
}

/** With no phase given any will do, whatever the clock says: a random one keeps phones apart that start together (C-104). */
function startAnywhere({ clock, scheduler, random }: Ports, intervalSeconds: number, run: () => void): Running {
  let timer: Timer;
  let dueMs = Math.round(clock.monotonic() + random.between(0, intervalSeconds * 1000));
  const wait = (): void => {
    timer = scheduler.after(dueMs - clock.monotonic(), "periodic Inform", () => {
      dueMs = nextPeriodicMs(clock.monotonic(), intervalSeconds, dueMs);
      wait();
      run();
    });
  };
  wait();
  return { nextAt: () => Math.round(clock.now() + dueMs - clock.monotonic()), cancel: () => timer.cancel() };
}

function same(a: PeriodicSettings, b: PeriodicSettings): boolean {
  return a.enabled === b.enabled && a.intervalSeconds === b.intervalSeconds && a.phaseMs === b.phaseMs;
}
