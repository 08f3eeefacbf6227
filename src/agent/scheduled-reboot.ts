import { parseDateTime } from "../cwmp/date-time.ts";
import { messageOf } from "../cwmp/errors.ts";
import { SerialQueue } from "../durable/serial-queue.ts";
import type { ParameterTree } from "../parameters/tree.ts";
import type { Clock, Scheduler, Timer } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Feature } from "./feature.ts";

const SCHEDULE = "Device.ManagementServer.ScheduleReboot";
const DELAY = "Device.ManagementServer.DelayReboot";
const NO_DELAY = "-1";
/** The longest wait before the wall clock is looked at again: it may have been set in the meantime. */
const LONGEST_WAIT_MS = 3_600_000;

export interface ScheduledRebootOptions {
  readonly tree: ParameterTree;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** Reboots now, or right after the running session. */
  readonly reboot: () => void;
}

/**
 * ScheduleReboot and DelayReboot (C-191): reboots that the ACS has set a time for. They raise `1 BOOT` alone, as no Reboot
 * RPC asked for them. Where the data model has neither parameter this does nothing.
 */
export function createScheduledReboot(options: ScheduledRebootOptions): Feature {
  return new ScheduledReboot(options);
}

class ScheduledReboot implements Feature {
  readonly #options: ScheduledRebootOptions;
  #schedule: Timer | null = null;
  #delay: Timer | null = null;
  /** Written in the session that runs: it counts from the session's end. */
  #delayWritten = false;
  readonly #work = new SerialQueue();

  constructor(options: ScheduledRebootOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { tree } = this.#options;
    if ((await this.#value(DELAY)) !== NO_DELAY && tree.layout.get(DELAY) !== undefined) {
      await tree.setValues([{ path: DELAY, value: NO_DELAY, type: null }], null, "device");
    }
    tree.onChange(({ paths }) => {
      if (paths.has(DELAY)) this.#delayWritten = true;
      if (paths.has(SCHEDULE)) this.#then(() => this.#planSchedule());
    });
    await this.#planSchedule();
  }

  async stop(): Promise<void> {
    await this.#work.settled();
    this.#schedule?.cancel();
    this.#delay?.cancel();
  }

  requests(): readonly [] {
    return [];
  }

  sessionEnded(): void {
    if (!this.#delayWritten) return;
    this.#delayWritten = false;
    this.#then(() => this.#planDelay());
  }

  async #planDelay(): Promise<void> {
    this.#delay?.cancel();
    this.#delay = null;
    const delayMs = Number(await this.#value(DELAY)) * 1000;
    if (delayMs < 0) return;
    this.#options.log.info({ delayMs }, `The ACS has asked for a reboot in ${delayMs / 1000} s`);
    this.#delay = this.#options.scheduler.after(delayMs, "delayed reboot", () => this.#options.reboot());
  }

  async #planSchedule(): Promise<void> {
    this.#schedule?.cancel();
    this.#schedule = null;
    const due = await this.#value(SCHEDULE);
    const dueMs = parseDateTime(due);
    if (dueMs === null || dueMs <= this.#options.clock.now()) return;
    this.#options.log.info({ due }, `The ACS has scheduled a reboot for ${due}`);
    this.#wait(dueMs);
  }

  /** Waits in steps, so that a clock that is set while we wait is noticed. */
  #wait(dueMs: number): void {
    const { clock, scheduler, reboot } = this.#options;
    const delayMs = Math.min(dueMs - clock.now(), LONGEST_WAIT_MS);
    this.#schedule = scheduler.after(delayMs, "scheduled reboot", () => {
      const lateMs = clock.now() - dueMs;
      if (lateMs < 0) this.#wait(dueMs);
      // A clock that jumped far beyond it has put the time into the past.
      else if (lateMs < LONGEST_WAIT_MS) reboot();
    });
  }

  async #value(path: string): Promise<string> {
    return (await this.#options.tree.readSecrets([path])).get(path) ?? NO_DELAY;
  }

  #then(run: () => Promise<void>): void {
    this.#work
      .run(run)
      .catch((error) => this.#options.log.error({ reason: messageOf(error) }, "A reboot could not be planned"));
  }
}
