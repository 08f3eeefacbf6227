import type { Clock, Scheduler, Timer } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { PeriodicSettings } from "./acs-settings.ts";

/** The longest wait before the wall clock is looked at again: it may have been set in the meantime. */
const LONGEST_WAIT_MS = 3_600_000;

/** The first instant after `now` that lies a whole number of intervals from the phase (C-103). */
export function nextPeriodicMs(now: number, intervalSeconds: number, phaseMs: number): number {
  const intervalMs = intervalSeconds * 1000;
  return phaseMs + (Math.floor((now - phaseMs) / intervalMs) + 1) * intervalMs;
}

/** Periodic Inform: fires on its phase; a new setting counts at once (C-103 to C-105). */
export interface PeriodicInform {
  apply(settings: PeriodicSettings): void;
  /** Wall time of the next one, milliseconds since 1970; null while it is off. */
  readonly nextAt: number | null;
  stop(): void;
}

export function createPeriodicInform(
  ports: { readonly clock: Clock; readonly scheduler: Scheduler; readonly random: Random },
  due: () => void,
): PeriodicInform {
  const { clock, scheduler, random } = ports;
  let current: PeriodicSettings | null = null;
  let timer: Timer | null = null;
  let nextAt: number | null = null;

  const stop = (): void => {
    timer?.cancel();
    timer = null;
    current = null;
    nextAt = null;
  };

  /** Waits in steps, so that a clock that is set while we wait moves the Inform to its phase. */
  const wait = (dueMs: number, intervalSeconds: number, phaseMs: number): void => {
    nextAt = dueMs;
    const delayMs = Math.min(Math.max(dueMs - clock.now(), 0), LONGEST_WAIT_MS);
    timer = scheduler.after(delayMs, "periodic Inform", () => {
      const next = nextPeriodicMs(clock.now(), intervalSeconds, phaseMs);
      const isDue = clock.now() >= dueMs;
      wait(isDue ? next : Math.min(dueMs, next), intervalSeconds, phaseMs);
      if (isDue) due();
    });
  };

  return {
    apply(settings) {
      if (current !== null && same(current, settings)) return;
      stop();
      current = settings;
      if (!settings.enabled) return;
      const { intervalSeconds } = settings;
      // With no phase given any will do: a random one keeps phones apart that start together (C-104).
      const phaseMs = settings.phaseMs ?? clock.now() - random.between(0, intervalSeconds * 1000);
      wait(nextPeriodicMs(clock.now(), intervalSeconds, phaseMs), intervalSeconds, phaseMs);
    },
    get nextAt() {
      return nextAt;
    },
    stop,
  };
}

function same(a: PeriodicSettings, b: PeriodicSettings): boolean {
  return a.enabled === b.enabled && a.intervalSeconds === b.intervalSeconds && a.phaseMs === b.phaseMs;
}
