import { messageOf } from "../../cwmp/errors.ts";
import type { Scheduler, Timer } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Random } from "../../ports/random.ts";
import type { RetryPolicy } from "../core/config.ts";

/**
 * One session at a time (C-079). Each that fails is retried, after a random wait or at once for a new event, until one succeeds
 * (C-108 to C-114).
 */
export interface SessionLoop {
  /** Something is to be reported to the ACS: starts a session, or another one right after the running one. */
  request(): void;
  /** Ends a running session and waits for that. */
  stop(): Promise<void>;
  readonly phase: "idle" | "session" | "waiting" | "stopped";
  /** When the next retry is due, on the monotonic clock. */
  readonly retryDueMs: number | null;
}

export interface SessionLoopOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Read each time a wait is computed: the ACS may have changed it (C-113). Null: no ACS is set. Must not fail. */
  policy(): Promise<RetryPolicy | null>;
  readonly log: Logger;
  /** Runs one session; false if there was nothing to report. Throws if it failed. */
  run(signal: AbortSignal): Promise<boolean>;
  /** Between sessions; true ends the loop, as for a reboot. */
  afterSession(): boolean;
}

export function createSessionLoop(options: SessionLoopOptions): SessionLoop {
  return new Loop(options);
}

class Loop implements SessionLoop {
  readonly #options: SessionLoopOptions;
  #phase: SessionLoop["phase"] = "idle";
  #again = false;
  /** Failures since the last success or start: the row of the retry table. A reboot starts at the first row (C-111). */
  #failures = 0;
  #retry: Timer | null = null;
  /** Of the session under way. */
  #abort: AbortController | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(options: SessionLoopOptions) {
    this.#options = options;
  }

  get phase(): SessionLoop["phase"] {
    return this.#phase;
  }

  get retryDueMs(): number | null {
    return this.#retry?.dueMs ?? null;
  }

  request(): void {
    if (this.#phase === "stopped") return;
    if (this.#phase === "session") {
      this.#again = true;
      return;
    }
    this.#retry?.cancel();
    this.#retry = null;
    this.#phase = "session";
    this.#running = this.#session();
  }

  async stop(): Promise<void> {
    this.#phase = "stopped";
    this.#retry?.cancel();
    this.#retry = null;
    this.#abort?.abort();
    await this.#running;
  }

  async #session(): Promise<void> {
    this.#again = false;
    const abort = new AbortController();
    this.#abort = abort;
    let failed = false;
    try {
      // Nothing to report is not a success: the row of the table stays, as RetryCount does (C-110).
      if (await this.#options.run(abort.signal)) this.#failures = 0;
    } catch (error) {
      failed = true;
      this.#failures++;
      this.#options.log.debug({ reason: messageOf(error), failures: this.#failures }, "The session failed");
    }
    this.#abort = null;
    if (this.#isStopped()) return;
    if (this.#options.afterSession()) {
      this.#phase = "stopped";
      return;
    }
    const policy = await this.#options.policy();
    if (this.#isStopped()) return;
    this.#phase = "idle";
    if (this.#again) this.request();
    else if (failed && policy !== null) this.#scheduleRetry(policy);
  }

  #scheduleRetry(policy: RetryPolicy): void {
    const { scheduler, random, log } = this.#options;
    const delayMs = retryDelayMs(this.#failures, policy, random);
    log.info({ delayMs, attempt: this.#failures }, `Trying again in ${Math.round(delayMs / 1000)} s`);
    this.#phase = "waiting";
    this.#retry = scheduler.after(delayMs, "session retry", () => this.request());
  }

  #isStopped(): boolean {
    return this.#phase === "stopped";
  }
}

/** The table stops growing at the tenth retry (TR-069 3.2.1.1, Table 3). */
const LAST_ROW = 10;

/** The range of waits before retry `attempt` (1 for the first), in seconds: [m(k/1000)^(n-1), m(k/1000)^n]. */
export function retryRange(attempt: number, policy: RetryPolicy): readonly [low: number, high: number] {
  const row = Math.min(Math.max(attempt, 1), LAST_ROW);
  const factor = policy.intervalMultiplier / 1000;
  return [policy.minimumWaitSeconds * factor ** (row - 1), policy.minimumWaitSeconds * factor ** row];
}

/** A wait from that range, evenly spread, in milliseconds: phones that failed together do not come back together. */
export function retryDelayMs(attempt: number, policy: RetryPolicy, random: Random): number {
  const [low, high] = retryRange(attempt, policy);
  return Math.round(random.between(low, high) * 1000);
}
