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
 * Opens the sessions that are for active notification alone, and holds them back for a time since the last successful one
 * (C-205). Sessions for another cause, and retries, come as they come and carry what is pending.
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
  /** On the monotonic clock; a restart forgets it, as its own session tells everything. */
  #lastSuccessMs: number | null = null;
  #timer: Timer | null = null;
  #inSession = false;
  /** A change came during a session, whose end is what the time counts from. */
  #held = false;

  constructor(options: ActiveThrottleOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.#timer?.cancel();
  }

  /** Asked for as a session begins: it has no requests of its own, but takes note of that. */
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
