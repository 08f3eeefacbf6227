import type { BackendKey } from "../../ports/backend.ts";
import type { Clock, Scheduler, Timer } from "../../ports/clock.ts";
import { createChangeReporter } from "../change-reporter.ts";
import type { HostStatus } from "../config-file/host-status.ts";
import type { Hardware } from "../hardware.ts";
import { PHONE_STATUS } from "../phone-keys.ts";
import { delay, startPoll } from "../poll.ts";
import { isSetting } from "../stage-change.ts";
import type { HookRunner } from "./hook-runner.ts";
import type { SaidOfKey } from "./json-lines.ts";
import { type AskPhone, createLiveValues, type LiveValues } from "./live-values.ts";
import type { SettingsMirror } from "./settings-mirror.ts";
import { createWatcher } from "./watcher.ts";

export interface HooksHardwareOptions {
  readonly runner: HookRunner;
  readonly mirror: SettingsMirror;
  readonly ask: AskPhone;
  /** Supplies values that the phone does not report. */
  readonly host: HostStatus;
  /** Live values and actions of the data model. */
  readonly keys: ReadonlySet<BackendKey>;
  /** Settings that the phone may report. */
  readonly settings: ReadonlySet<BackendKey>;
  /** 0: the phone is polled at a start and on demand only. */
  readonly readEveryMs: number;
  readonly longLimitMs: number;
  /** Wait after a successful reboot hook: until the phone is down, and this program with it, or up again. */
  readonly rebootWaitMs: number;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}

const LOOK_AT_HOST_MS = 1_000;
const FIRST_RETRY_MS = 5_000;
const MAX_RETRY_MS = 300_000;
const RESET_TRIES = 3;
const MAX_BYTES = 1_048_576;

/** A phone controlled by commands of the integrator. */
export function createHooksHardware(options: HooksHardwareOptions): Hardware {
  return new HooksHardware(options);
}

class HooksHardware implements Hardware {
  readonly #options: HooksHardwareOptions;
  readonly #live: LiveValues;
  readonly #statusKeys: readonly BackendKey[];
  readonly #changes: ReturnType<typeof createChangeReporter>;
  readonly #watcher: ReturnType<typeof createWatcher>;
  #stopping = new AbortController();
  #stopPoll = () => {};
  #nextLook: Timer | null = null;
  #failedLooks = 0;
  #isUp = false;

  constructor(options: HooksHardwareOptions) {
    this.#options = options;
    this.#live = createLiveValues(options.ask);
    this.#statusKeys = [...options.keys].filter((key) => key.startsWith("Status."));
    // Up times change all the time.
    const reported = this.#statusKeys.filter((key) => key !== PHONE_STATUS.upTime);
    this.#changes = createChangeReporter(reported, (key) => this.read(key));
    this.#watcher = createWatcher({
      ...options,
      knows: (key) => this.#statusKeys.includes(key) || options.settings.has(key),
      heard: (said) => void this.#heard(said),
    });
  }

  readonly supports = (key: BackendKey): boolean => this.#options.keys.has(key);

  async start(report: Parameters<Hardware["start"]>[0]): Promise<void> {
    const { runner, host, scheduler } = this.#options;
    runner.open();
    this.#stopping = new AbortController();
    this.#isUp = true;
    await host.refresh();
    await this.#look();
    if (!this.#isUp) return;
    this.#changes.start(report);
    this.#stopPoll = startPoll(scheduler, "look at the host", LOOK_AT_HOST_MS, async () => {
      await host.refresh();
      this.#changes.look();
    });
    this.#watcher.start();
  }

  async stop(): Promise<void> {
    this.#isUp = false;
    this.#stopPoll();
    this.#nextLook?.cancel();
    this.#changes.stop();
    this.#stopping.abort();
    await Promise.all([this.#watcher.stop(), this.#options.runner.stop()]);
    await this.#options.mirror.settled();
  }

  read(key: BackendKey): string | undefined {
    const said = this.#live.get(key);
    return said === undefined ? this.#options.host.read(key) : (said ?? undefined);
  }

  async refresh(keys: readonly BackendKey[]): Promise<void> {
    const live = keys.filter((key) => this.#statusKeys.includes(key));
    if (live.length === 0 || !this.#options.runner.has("read")) return;
    await this.#live.refresh(live);
    this.#changes.look();
  }

  prepare: NonNullable<Hardware["prepare"]> = (values, orders) => this.#options.mirror.prepare(values, orders);

  settingsChanged(keys: readonly BackendKey[]): void {
    this.#options.mirror.follow(keys);
    this.#changes.look();
  }

  /** Done in `prepare`, with the settings. */
  async act(): Promise<void> {}

  /** A phone that cannot be reset still gets the factory settings: waiting forever would not help. */
  async factoryReset(): Promise<void> {
    const { runner, mirror, longLimitMs: limitMs, scheduler } = this.#options;
    const { signal } = this.#goOn();
    mirror.forget();
    for (let tries = 1; runner.has("factoryReset") && !signal.aborted; tries++) {
      try {
        await runner.run({ hook: "factoryReset", lines: [], limitMs, maxBytes: MAX_BYTES });
        return;
      } catch {
        if (tries === RESET_TRIES) return runner.logOf("factoryReset").error("the phone is reset without its hook");
        await delay(scheduler, FIRST_RETRY_MS * tries, "next try of the factoryReset hook", signal);
      }
    }
  }

  async shutDown(commandKey: string): Promise<void> {
    const { runner, mirror, longLimitMs: limitMs, rebootWaitMs, scheduler } = this.#options;
    const { signal } = this.#goOn();
    await mirror.settled();
    if (!runner.has("reboot")) return;
    await runner.run({ hook: "reboot", lines: [{ commandKey }], limitMs, maxBytes: MAX_BYTES });
    await delay(scheduler, rebootWaitMs, "wait for the phone to restart", signal);
  }

  powerOn(): void {
    // The agent has stopped the phone before, and starts it after.
    if (this.#isUp) void this.#look();
  }

  /** Reset and restart run while the phone is stopped; another stop ends them too. */
  #goOn(): AbortController {
    this.#options.runner.open();
    if (this.#stopping.signal.aborted) this.#stopping = new AbortController();
    return this.#stopping;
  }

  /**
   * Reads everything and schedules the next poll. Never throws: failures have been logged, and the last values hold.
   */
  async #look(): Promise<void> {
    const { runner, mirror, readEveryMs, scheduler } = this.#options;
    const { signal } = this.#stopping;
    if (!runner.has("read") || signal.aborted) return;
    try {
      const since = this.#live.now();
      this.#live.take(await mirror.look(this.#statusKeys), this.#statusKeys, since);
      this.#failedLooks = 0;
    } catch {
      this.#failedLooks++;
    }
    this.#changes.look();
    const retryMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failedLooks - 1, 10));
    const waitMs = this.#failedLooks > 0 ? Math.max(retryMs, Math.min(readEveryMs, MAX_RETRY_MS)) : readEveryMs;
    this.#nextLook?.cancel();
    if (waitMs > 0 && !signal.aborted) {
      this.#nextLook = scheduler.after(waitMs, "look at the phone", () => void this.#look());
    }
  }

  async #heard(said: readonly SaidOfKey[]): Promise<void> {
    const { mirror, runner } = this.#options;
    const told = said.filter(({ value }) => value !== undefined);
    const named = said.filter(({ value }) => value === undefined).map(({ key }) => key);
    this.#live.told(told.filter(({ key }) => !isSetting(key)));
    this.#changes.look();
    const settings = told.flatMap(({ key, value }) =>
      isSetting(key) && typeof value === "string" ? [[key, value] as const] : [],
    );
    if (settings.length > 0) mirror.changed(new Map(settings));
    if (named.length === 0 || !runner.has("read")) return;
    const others = named.filter((key) => !isSetting(key));
    try {
      const since = this.#live.now();
      this.#live.take(await mirror.look(others, named.filter(isSetting)), others, since);
      this.#changes.look();
    } catch {
      // The runner has logged it.
    }
  }
}
