import { messageOf } from "../cwmp/errors.ts";
import type { CwmpEvent } from "../cwmp/events.ts";
import { NO_METER } from "../ports/meter.ts";
import type { BootCycle } from "./boot/boot-cycle.ts";
import { startBootCycle } from "./boot/running-cycle.ts";
import type { ShutdownReason } from "./core/feature.ts";
import { LIFECYCLE_DOCUMENT } from "./core/lifecycle.ts";
import type { AgentOptions, NewAgentOptions } from "./core/options.ts";
import { createSessionHistory, type SessionHistory } from "./core/session-history.ts";
import { createLocalControl, type LocalControl, type LocalControlOptions } from "./local/local-control.ts";

export interface AgentStatus {
  readonly phase: "starting" | "idle" | "session" | "waiting" | "rebooting" | "stopped";
  /** Failed sessions since the last successful one. */
  readonly retryCount: number;
  /** Milliseconds until the next retry; null while none waits. */
  readonly retryInMs: number | null;
  readonly pendingEvents: readonly CwmpEvent[];
}

/** One phone under one ACS, over any number of reboots. */
export interface Agent {
  /** Resolves when the phone is up. AgentError LISTEN, STATE_*, BACKEND_IO: it cannot be brought up. */
  start(): Promise<void>;
  /** Ends a session under way, cleanly. */
  stop(): Promise<void>;
  status(): AgentStatus;
  /** The phone for a person beside it. */
  readonly local: LocalControl;
  readonly history: SessionHistory;
}

const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 300_000;

export function createAgent(options: NewAgentOptions): Agent {
  return new RebootingAgent(isWhole(options) ? options : { ...options, meter: NO_METER });
}

function isWhole(options: NewAgentOptions): options is AgentOptions {
  return options.meter !== undefined;
}

class RebootingAgent implements Agent, LocalControlOptions {
  readonly options: AgentOptions;
  readonly history = createSessionHistory();
  readonly local: LocalControl;
  #cycle: BootCycle | null = null;
  #phase: "starting" | "up" | "rebooting" | "stopped" = "starting";
  /** Null: it waits for nothing. */
  #endWait: (() => void) | null = null;

  constructor(options: AgentOptions) {
    this.options = options;
    this.local = createLocalControl(this);
  }

  cycle(): BootCycle | null {
    return this.#phase === "up" ? this.#cycle : null;
  }

  async start(): Promise<void> {
    await this.#finishFactoryReset();
    await this.#boot();
  }

  async stop(): Promise<void> {
    const isRestarting = this.#phase === "rebooting";
    this.#phase = "stopped";
    this.#endWait?.();
    await this.#cycle?.stop();
    this.#cycle = null;
    // A restart in progress is not waited for, and does not start the phone again.
    if (isRestarting) await this.options.backend.stop();
  }

  status(): AgentStatus {
    const cycle = this.#cycle;
    const dueMs = cycle?.sessions.retryDueMs ?? null;
    return {
      phase:
        this.#phase === "up" && cycle !== null ? cycle.sessions.phase : this.#phase === "up" ? "starting" : this.#phase,
      retryCount: cycle?.phone.lifecycle.current.retryCount ?? 0,
      retryInMs: dueMs === null ? null : Math.max(0, dueMs - this.options.clock.monotonic()),
      pendingEvents: cycle?.phone.events.pending() ?? [],
    };
  }

  async #boot(): Promise<void> {
    const cycle = await startBootCycle(this.options, this.history, (reason) => {
      void this.#restart(reason).catch((error) =>
        this.options.log.error({ reason: messageOf(error) }, "Restart failed"),
      );
    });
    if (this.#phase === "stopped") return cycle.stop();
    this.#cycle = cycle;
    this.#phase = "up";
  }

  async #restart(reason: ShutdownReason): Promise<void> {
    if (this.#phase === "stopped") return;
    const { log } = this.options;
    this.#phase = "rebooting";
    log.info({ cause: reason.kind }, reason.kind === "reboot" ? "Rebooting" : "Resetting to factory settings");
    await this.#cycle
      ?.stop()
      .catch((error: unknown) => log.error({ reason: messageOf(error) }, "The phone did not stop cleanly"));
    this.#cycle = null;
    await this.#untilDone(() => this.#finishFactoryReset());
    if (!this.#isStopped()) await this.#reboot(reason.kind === "reboot" ? reason.commandKey : "");
    await this.#untilDone(() => this.#boot());
  }

  /** Tried once: a phone that does not restart is still better managed than not. */
  async #reboot(commandKey: string): Promise<void> {
    const { backend, log } = this.options;
    try {
      await backend.reboot(commandKey);
    } catch (error) {
      log.error(
        { reason: messageOf(error) },
        "The phone could not be restarted: the agent continues without a restart",
      );
    }
  }

  /** Retries with growing waits until it works or the agent is stopped. */
  async #untilDone(step: () => Promise<void>): Promise<void> {
    const { log, scheduler } = this.options;
    for (let waitMs = FIRST_WAIT_MS; !this.#isStopped(); waitMs = Math.min(2 * waitMs, MAX_WAIT_MS)) {
      try {
        return await step();
      } catch (error) {
        if (this.#isStopped()) return;
        log.error({ reason: messageOf(error), againInMs: waitMs }, "Restart failed, retrying");
      }
      await new Promise<void>((resolve) => {
        const timer = scheduler.after(waitMs, "restart retry", resolve);
        this.#endWait = () => {
          timer.cancel();
          resolve();
        };
      });
    }
  }

  /** A promised reset is done even after a power cut: first the settings, then the stored state. */
  async #finishFactoryReset(): Promise<void> {
    const { backend, state } = this.options;
    const { resetting } = await state.load(LIFECYCLE_DOCUMENT);
    if (!resetting) return;
    await backend.factoryReset();
    await state.erase();
  }

  #isStopped(): boolean {
    return this.#phase === "stopped";
  }
}
