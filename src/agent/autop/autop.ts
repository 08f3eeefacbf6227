import { messageOf } from "../../cwmp/errors.ts";
import { SerialQueue } from "../../durable/serial-queue.ts";
import type { TreeChange } from "../../parameters/tree.ts";
import type { Timer } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { Feature } from "../core/feature.ts";
import { startWallClockTimer } from "../time/wall-clock-timer.ts";
import { type AutopSettings, isAutopKey, readAutopSettings } from "./autop-settings.ts";
import type { AutopParts } from "./autop-state.ts";
import { nextLocalTime } from "./local-time.ts";
import { canLook, type LookOutcome, type LookParts, lookForFiles } from "./look.ts";
import { autopSources } from "./sources.ts";

/** The result of a look that a person started. */
export type AutopCheck = LookOutcome;

/** The phone's own auto-provisioning: the parameters of `CUSTOM_Update.` say when it looks for files, and where. */
export interface Autop extends Feature {
  /** Looks now, whatever the mode is; joins a look that is under way. */
  check(): Promise<AutopCheck>;
}

export interface AutopOptions extends AutopParts, LookParts {
  readonly random: Random;
  /** False: the phone's firmware does this, and only `check` looks. */
  readonly enabled: boolean;
  /**
   * The look at power-on comes at a random time within this, so that phones that regain power together do not all ask
   * at once.
   */
  readonly powerOnSpreadMs: number;
  reboot(): void;
}

const HOUR_MS = 3_600_000;
/** A look that a clock change has made later than this is skipped. */
const LATE_LIMIT_MS = HOUR_MS;
const RETRY_MS = 60_000;

export function createAutop(options: AutopOptions): Autop {
  return new AutopDriver(options);
}

class AutopDriver implements Autop {
  readonly #options: AutopOptions;
  #settings: AutopSettings | null = null;
  #schedule: { cancel(): void } | null = null;
  #hourly: Timer | null = null;
  /** The look at power-on, or the next retry. */
  #once: Timer | null = null;
  #running: Promise<AutopCheck> | null = null;
  /** Aborts the fetches of the running round; null while none runs. */
  #fetching: AbortController | null = null;
  #stopped = false;
  readonly #work = new SerialQueue();

  constructor(options: AutopOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { enabled, restartDue, store, scheduler } = this.#options;
    const ownRestart = store.current.restarting;
    if (ownRestart) await store.learn((now) => ({ ...now, restarting: false }));
    if (restartDue) {
      this.#once = scheduler.after(0, "restart for a configuration file", () => this.#options.reboot());
    }
    if (!enabled) return;
    this.#options.tree.onChange((change) => this.#changed(change));
    await this.#plan();
    // A restart by AutoP itself does not count as power-on, so a server with new files each time cannot cause a restart
    // loop.
    if (!ownRestart && !restartDue) this.#lookAtPowerOn();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of [this.#schedule, this.#hourly, this.#once]) timer?.cancel();
    this.#fetching?.abort();
    await this.#work.settled();
    await this.#running?.catch(() => {});
  }

  check(): Promise<AutopCheck> {
    return this.#round(true);
  }

  #lookAtPowerOn(): void {
    const { random, powerOnSpreadMs } = this.#options;
    if (this.#settings?.atPowerOn !== true || !canLook(this.#settings, this.#options)) return;
    const delayMs = powerOnSpreadMs === 0 ? 0 : random.between(0, powerOnSpreadMs);
    this.#lookIn(delayMs, "AutoP at power-on", ({ atPowerOn }) => atPowerOn, 0);
  }

  /** One look, unless the settings have turned it off by then. */
  #lookIn(delayMs: number, name: string, wanted: (settings: AutopSettings) => boolean, tries: number): void {
    this.#once?.cancel();
    this.#once = this.#options.scheduler.after(delayMs, name, () => {
      this.#once = null;
      if (this.#settings !== null && wanted(this.#settings)) this.#look(tries);
    });
  }

  #changed({ keys }: TreeChange): void {
    if (this.#stopped || ![...keys].some(isAutopKey)) return;
    this.#work
      .run(() => this.#plan())
      .catch((error) => this.#options.log.error({ reason: messageOf(error) }, "AutoP settings could not be applied"));
  }

  /** Applies the current settings. */
  async #plan(): Promise<void> {
    const { clock, scheduler, tree, random } = this.#options;
    const before = this.#settings;
    const now = await readAutopSettings(tree, clock);
    if (this.#stopped) return;
    this.#settings = now;
    this.#schedule?.cancel();
    this.#schedule = null;
    if (now.onSchedule && now.schedule.days.length > 0) {
      const next = (after: number): number => nextLocalTime(after, now.schedule, now.timeZone);
      const run = (): void => this.#look(0);
      this.#schedule = startWallClockTimer({
        ...{ clock, scheduler, name: "AutoP schedule", next, run },
        ...{ lateLimitMs: LATE_LIMIT_MS, jumpLimitMs: LATE_LIMIT_MS },
      });
    }
    if (!now.hourly) this.#hourly?.cancel();
    if (!now.hourly) this.#hourly = null;
    else if (this.#hourly === null) this.#lookHourly(random.between(0, HOUR_MS));
    this.#warnOnce(now, before);
    if (before !== null && isElsewhere(before, now)) this.#fetching?.abort();
  }

  #lookHourly(delayMs: number): void {
    this.#hourly = this.#options.scheduler.after(delayMs, "AutoP every hour", () => {
      this.#lookHourly(HOUR_MS);
      this.#look(0);
    });
  }

  /** Warns once for each setting that has no effect. */
  #warnOnce(now: AutopSettings, before: AutopSettings | null): void {
    if (hasNoDay(now) && (before === null || !hasNoDay(before))) {
      this.#options.log.warn({}, "AutoP: DayOfWeek is 8, but SomeDayOfWeek names no day: the schedule is not in force");
    }
    if (now.url === "" || now.url === before?.url) return;
    const sources = autopSources({ ...now, modelName: this.#options.identity.modelName });
    if (typeof sources === "string") this.#options.log.warn({}, `AutoP: ${sources}`);
  }

  /** `tries`: failed tries so far. */
  #look(tries: number): void {
    if (this.#stopped) return;
    this.#round(false)
      .then((outcome) => {
        const { retries = 0 } = this.#settings ?? {};
        if (outcome.kind !== "failed" || tries >= retries || this.#stopped) return;
        this.#lookIn(RETRY_MS, "AutoP retry", (now) => now.atPowerOn || now.onSchedule || now.hourly, tries + 1);
      })
      .catch((error) => {
        if (!this.#stopped) this.#options.log.error({ reason: messageOf(error) }, "AutoP failed: internal error");
      });
  }

  #round(anew: boolean): Promise<AutopCheck> {
    this.#running ??= this.#runRound(anew).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #runRound(anew: boolean): Promise<AutopCheck> {
    const settings = await readAutopSettings(this.#options.tree, this.#options.clock);
    const fetching = new AbortController();
    this.#fetching = fetching;
    const fetched = (): void => {
      this.#fetching = null;
    };
    try {
      const outcome = await lookForFiles(settings, this.#options, { signal: fetching.signal, fetched, anew });
      if (outcome.kind === "applied" && outcome.result.applied === "needs-reboot") this.#options.reboot();
      return outcome;
    } catch (error) {
      if (!fetching.signal.aborted || this.#stopped) throw error;
      // The settings name another server meanwhile.
      return this.#runRound(anew);
    } finally {
      fetched();
    }
  }
}

function hasNoDay({ onSchedule, schedule }: AutopSettings): boolean {
  return onSchedule && schedule.days.length === 0;
}

const PLACE_SETTINGS = ["url", "username", "password", "pnp", "dhcpMask", "customOption"] as const;

function isElsewhere(before: AutopSettings, now: AutopSettings): boolean {
  return PLACE_SETTINGS.some((name) => before[name] !== now[name]);
}
