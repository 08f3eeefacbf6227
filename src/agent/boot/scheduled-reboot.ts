import { parseDateTime } from "../../cwmp/date-time.ts";
import { messageOf } from "../../cwmp/errors.ts";
import { SerialQueue } from "../../durable/serial-queue.ts";
import { managementServerPath } from "../../parameters/own-paths.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { Clock, Scheduler, Timer } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Feature } from "../core/feature.ts";
import { startWallClockTimer, type WallClockTimer } from "../time/wall-clock-timer.ts";

const SCHEDULE = "ScheduleReboot";
const DELAY = "DelayReboot";
const NO_DELAY = "-1";
/** The maximum delay of a reboot that became due just before the clock was set. */
const LATE_LIMIT_MS = 3_600_000;

export interface ScheduledRebootOptions {
  readonly tree: ParameterTree;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** Reboots now, or right after the running session. */
  reboot(): void;
}

/**
 * ScheduleReboot and DelayReboot (C-191): reboots at a time that the ACS has set. They raise only `1 BOOT`, because
 * no Reboot RPC requested them. Does nothing where the data model has neither parameter.
 */
export function createScheduledReboot(options: ScheduledRebootOptions): Feature {
  return new ScheduledReboot(options);
}

class ScheduledReboot implements Feature {
  readonly #options: ScheduledRebootOptions;
  #schedule: WallClockTimer | null = null;
  #delay: Timer | null = null;
  /** Set during the running session: the delay starts when the session ends. */
  #delayWritten = false;
  readonly #work = new SerialQueue();

  constructor(options: ScheduledRebootOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { tree } = this.#options;
    const delay = await this.#value(DELAY);
    if (delay !== null && delay !== NO_DELAY) {
      await tree.setValues([{ path: managementServerPath(tree, DELAY), value: NO_DELAY, type: null }], null, "device");
    }
    tree.onChange(({ paths }) => {
      if (paths.has(managementServerPath(tree, DELAY))) this.#delayWritten = true;
      if (paths.has(managementServerPath(tree, SCHEDULE))) this.#then(() => this.#planSchedule());
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
    const delayMs = Number((await this.#value(DELAY)) ?? NO_DELAY) * 1000;
    if (delayMs < 0) return;
    this.#options.log.info({ delayMs }, `The ACS has asked for a reboot in ${delayMs / 1000} s`);
    this.#delay = this.#options.scheduler.after(delayMs, "delayed reboot", () => this.#options.reboot());
  }

  async #planSchedule(): Promise<void> {
    this.#schedule?.cancel();
    this.#schedule = null;
    const due = await this.#value(SCHEDULE);
    const dueMs = due === null ? null : parseDateTime(due);
    if (dueMs === null || dueMs <= this.#options.clock.now()) return;
    this.#options.log.info({ due }, `The ACS has scheduled a reboot for ${due}`);
    const { clock, scheduler } = this.#options;
    this.#schedule = startWallClockTimer({
      ...{ clock, scheduler, name: "scheduled reboot" },
      next: (after) => (dueMs > after ? dueMs : null),
      lateLimitMs: LATE_LIMIT_MS,
      // A time that a clock change skips is in the past and is dropped. Otherwise a phone whose clock starts in 1970
      // would reboot again each time its clock is set after a scheduled reboot.
      jumpLimitMs: 0,
      run: () => this.#options.reboot(),
    });
  }

  /** Null where the data model does not have it. */
  async #value(name: string): Promise<string | null> {
    const { tree } = this.#options;
    const path = managementServerPath(tree, name);
    return (await tree.readSecrets([path])).get(path) ?? null;
  }

  #then(run: () => Promise<void>): void {
    this.#work
      .run(run)
      .catch((error) => this.#options.log.error({ reason: messageOf(error) }, "A reboot could not be scheduled"));
  }
}
