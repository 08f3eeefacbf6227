import type { Clock, Scheduler, Timer } from "../../ports/clock.ts";
import type { AcsSettings } from "../core/acs-settings.ts";
import type { Feature } from "../core/feature.ts";
import type { SessionOutcome } from "../core/session-history.ts";
import type { ValueChanges } from "./value-changes.ts";

export interface ActiveThrottleOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** DefaultActiveNotificationThrottle, as it is now; 0 for none. */
  settings(): Pick<AcsSettings, "activeThrottleSeconds">;
  requestSession(): void;
  readonly changes: Pick<ValueChanges, "activePending">;
}

/**
 * Opens the sessions that are for active notification alone, and delays them for a time after the last successful
 * session (C-205). Other sessions and retries are not delayed and carry pending changes.
 */
export interface ActiveThrottle extends Feature {
  /** An active parameter has changed. */
  activeChange(): void;
  /** The time may have been changed. */
  settingsChanged(): void;
}

export function createActiveThrottle(options: ActiveThrottleOptions): ActiveThrottle {
  return new Throttle(options);
}

class Throttle implements ActiveThrottle {
  readonly #options: ActiveThrottleOptions;
  /** On the monotonic clock; lost at a restart, whose own session reports everything. */
  #lastSuccessMs: number | null = null;
  #timer: Timer | null = null;
  #inSession = false;
  /** A change came during a session: the delay starts at the end of that session. */
  #held = false;

  constructor(options: ActiveThrottleOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.#timer?.cancel();
  }

  /** Called as a session begins: it makes no requests but records the start. */
  requests(): readonly [] {
    this.#inSession = true;
    return [];
  }

  activeChange(): void {
    if (this.#options.settings().activeThrottleSeconds === 0) this.#options.requestSession();
    else if (this.#inSession) this.#held = true;
    else this.#openWhenDue();
  }

  settingsChanged(): void {
    if (this.#timer !== null) this.#openWhenDue();
  }

  sessionEnded({ successful }: SessionOutcome): void {
    this.#inSession = false;
    if (!successful) return;
    this.#lastSuccessMs = this.#options.clock.monotonic();
    if (this.#held || this.#timer !== null) this.#openWhenDue();
  }

  #openWhenDue(): void {
    const { clock, scheduler, changes } = this.#options;
    this.#held = false;
    this.#timer?.cancel();
    this.#timer = null;
    if (!changes.activePending) return;
    const throttleMs = this.#options.settings().activeThrottleSeconds * 1000;
    const waitMs = this.#lastSuccessMs === null ? 0 : this.#lastSuccessMs + throttleMs - clock.monotonic();
    if (waitMs <= 0) this.#options.requestSession();
    else this.#timer = scheduler.after(waitMs, "throttled notification", () => this.#openWhenDue());
  }
}
