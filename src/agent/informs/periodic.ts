import type { Clock, Scheduler, Timer } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { PeriodicSettings } from "../core/acs-settings.ts";
import { startWallClockTimer, type WallClockTimer } from "../time/wall-clock-timer.ts";

/**
 * An Inform that a clock change has delayed by more than this, and by more than 1 % of the interval, is skipped until
 * its next phase.
 */
const LATE_LIMIT_MS = 5_000;

/** The first instant after `now` that lies a whole number of intervals from the phase (C-103). */
export function nextPeriodicMs(now: number, intervalSeconds: number, phaseMs: number): number {
  const intervalMs = intervalSeconds * 1000;
  return phaseMs + (Math.floor((now - phaseMs) / intervalMs) + 1) * intervalMs;
}

/** Periodic Inform: fires on its phase; new settings and clock changes take effect at once (C-103 to C-105). */
export interface PeriodicInform {
  apply(settings: PeriodicSettings): void;
  /** Wall time of the next one, milliseconds since 1970; null while it is off. */
  readonly nextAt: number | null;
  stop(): void;
}

interface Ports {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
}

export function createPeriodicInform(ports: Ports, due: () => void): PeriodicInform {
  return new Periodic(ports, due);
}

class Periodic implements PeriodicInform {
  readonly #ports: Ports;
  readonly #due: () => void;
  #current: PeriodicSettings | null = null;
  #running: WallClockTimer | null = null;

  constructor(ports: Ports, due: () => void) {
    this.#ports = ports;
    this.#due = due;
  }

  get nextAt(): number | null {
    return this.#running?.dueAt ?? null;
  }

  apply(settings: PeriodicSettings): void {
    if (this.#current !== null && same(this.#current, settings)) return;
    this.stop();
    this.#current = settings;
    const { enabled, intervalSeconds, phaseMs } = settings;
    if (!enabled) return;
    this.#running =
      phaseMs === null
        ? new AnywhereTimer(this.#ports, intervalSeconds, this.#due)
        : startOnPhase(this.#ports, intervalSeconds, phaseMs, this.#due);
  }

  stop(): void {
    this.#running?.cancel();
    this.#running = null;
    this.#current = null;
  }
}

function startOnPhase(
  { clock, scheduler }: Ports,
  intervalSeconds: number,
  phaseMs: number,
  run: () => void,
): WallClockTimer {
  return startWallClockTimer({
    clock,
    scheduler,
    name: "periodic Inform",
    next: (after) => nextPeriodicMs(after, intervalSeconds, phaseMs),
    lateLimitMs: Math.min(LATE_LIMIT_MS, intervalSeconds * 10),
    jumpLimitMs: 0,
    run,
  });
}

/** Without a configured phase it is random, so that phones that start together are spread (C-104). */
class AnywhereTimer implements WallClockTimer {
  readonly #ports: Ports;
  readonly #intervalSeconds: number;
  readonly #run: () => void;
  /** On the monotonic clock. */
  #dueMs: number;
  #timer: Timer;

  constructor(ports: Ports, intervalSeconds: number, run: () => void) {
    const { clock, random } = ports;
    this.#ports = ports;
    this.#intervalSeconds = intervalSeconds;
    this.#run = run;
    this.#dueMs = Math.round(clock.monotonic() + random.between(0, intervalSeconds * 1000));
    this.#timer = this.#wait();
  }

  get dueAt(): number {
    const { clock } = this.#ports;
    return Math.round(clock.now() + this.#dueMs - clock.monotonic());
  }

  cancel(): void {
    this.#timer.cancel();
  }

  #wait(): Timer {
    const { clock, scheduler } = this.#ports;
    return scheduler.after(this.#dueMs - clock.monotonic(), "periodic Inform", () => {
      this.#dueMs = nextPeriodicMs(clock.monotonic(), this.#intervalSeconds, this.#dueMs);
      this.#timer = this.#wait();
      this.#run();
    });
  }
}

function same(a: PeriodicSettings, b: PeriodicSettings): boolean {
  return a.enabled === b.enabled && a.intervalSeconds === b.intervalSeconds && a.phaseMs === b.phaseMs;
}
