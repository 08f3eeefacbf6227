import { messageOf } from "../../cwmp/errors.ts";
import type { BackendKey } from "../../ports/backend.ts";
import type { Timer } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { ChangeByDevice } from "../hardware.ts";
import {
  DHCP,
  type LanPlan,
  type LanSettings,
  lanSettingsAsKeys,
  planLan,
  readLanSettings,
  sameLanSettings,
} from "./lan-settings.ts";
import {
  createNetworkActivation,
  type NetworkActivation,
  type NetworkActivationOptions,
} from "./network-activation.ts";
import { isOurs, type NetworkFileKind, networkFile } from "./network-file.ts";
import type { NetworkJournal, NetworkState, PendingChange } from "./network-journal.ts";
import { readSystemFile, writeSystemFile } from "./system-file.ts";

export interface NetworkKeeperOptions extends NetworkActivationOptions {
  readonly kind: NetworkFileKind;
  readonly file: string;
  readonly confirmWithinMs: number;
  /** The settings that decide whether there is an ACS to reach: the switch, `1` for on, and the URL. */
  readonly acs: { readonly enable: BackendKey; readonly url: BackendKey };
  readonly journal: NetworkJournal;
  readonly log: Logger;
}

/** Applies the LAN settings to the host, and rolls them back if the ACS cannot be reached afterwards. */
export interface NetworkKeeper {
  /** The program has started: the stored settings count as in force. */
  start(): Promise<void>;
  /** The phone restarts: the stored settings take effect. Never throws. */
  restart(): Promise<void>;
  /** A session has succeeded. */
  reached(): void;
  stop(): Promise<void>;
}

const STARTS = 3;
const RETRY_MS = 60_000;

export function createNetworkKeeper(
  options: NetworkKeeperOptions,
  stored: (key: BackendKey) => string | undefined,
  change: ChangeByDevice,
): NetworkKeeper {
  return new Keeper(options, stored, change);
}

class Keeper implements NetworkKeeper {
  readonly #options: NetworkKeeperOptions;
  readonly #stored: (key: BackendKey) => string | undefined;
  readonly #change: ChangeByDevice;
  readonly #activation: NetworkActivation;
  #state: NetworkState | null = null;
  /** The settings last applied to the host. Later ones may be stored already, unconfirmed. */
  #applied: LanSettings | null = null;
  /** The file that this process applied last. */
  #activated: string | null = null;
  /** The host has been rolled back already; only the settings remain. */
  #isBack = false;
  #timer: Timer | null = null;
  #stopping = new AbortController();
  #last: Promise<void> = Promise.resolve();

  constructor(options: NetworkKeeperOptions, stored: (key: BackendKey) => string | undefined, change: ChangeByDevice) {
    this.#options = options;
    this.#stored = stored;
    this.#change = change;
    this.#activation = createNetworkActivation(options);
  }

  async start(): Promise<void> {
    this.#stopping = new AbortController();
    this.#state = await this.#options.journal.load();
    const { pending } = this.#state ?? {};
    if (this.#state === null) await this.#save({ confirmed: await this.#firstState(), pending: null });
    else if (pending?.rollingBack) return this.#exclusively(() => this.#rollBack("a roll-back was not finished"));
    else if (pending && pending.startsLeft <= 1) {
      return this.#exclusively(() => this.#rollBack(`the ACS was not reached in ${STARTS} starts`));
    } else if (pending) await this.#setPending({ ...pending, startsLeft: pending.startsLeft - 1 });
    await this.#exclusively(() => this.#reconcile(true));
  }

  restart(): Promise<void> {
    // The agent has stopped the phone before it restarts it.
    this.#stopping = new AbortController();
    // If the host reboots, writing the file is enough: it is read then.
    const { activateCommand, rebootCommand } = this.#options;
    return this.#exclusively(() => this.#reconcile(activateCommand !== null && rebootCommand === null));
  }

  reached(): void {
    if (this.#state?.pending) void this.#exclusively(async () => void (await this.#confirm("The ACS was reached")));
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#stopping.abort();
    await this.#last;
    this.#timer?.cancel();
  }

  /** Runs one step at a time, and none after a stop. Never rejects: failures have been handled, or are logged here. */
  #exclusively(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(async () => {
      if (this.#stopping.signal.aborted) return;
      try {
        await work();
      } catch (error) {
        this.#options.log.error({ reason: messageOf(error) }, "The network settings could not be applied to the host");
      }
    });
    return this.#last;
  }

  async #reconcile(activates: boolean): Promise<void> {
    const settings = readLanSettings(this.#stored);
    const plan = planLan(settings);
    if (typeof plan === "string") return this.#rollBack(plan);
    this.#applied = settings;
    try {
      if (!(await this.#bring(plan, activates))) return await this.#nothingPending(settings);
    } catch (error) {
      return this.#rollBack(messageOf(error));
    }
    this.#awaitAcs();
  }

  /** False: the host had this configuration already. Throws AgentError BACKEND_IO. */
  async #bring(plan: LanPlan, activates: boolean): Promise<boolean> {
    const { kind, file, interfaceName, log } = this.#options;
    const text = networkFile(kind, interfaceName, plan);
    const found = await readSystemFile(file);
    // DHCP is left to the host, unless we changed its network file before.
    if (plan.kind === "dhcp" && !isOurs(found)) return this.#pending !== null;
    if (found === text) {
      if (activates && this.#wasCutOff(plan, text)) await this.#activate(plan, text);
      return this.#pending !== null;
    }
    const previousFile = this.#pending === null ? found : this.#pending.previousFile;
    this.#isBack = false;
    await this.#setPending({ previousFile, startsLeft: STARTS, rollingBack: false });
    await writeSystemFile(file, text);
    if (activates) await this.#activate(plan, text);
    log.warn({ file, interfaceName }, "The network of this host was changed to match the settings");
    return true;
  }

  /**
   * Apparently the process ended between writing the file and running its command. A host that rebooted for it has read
   * it.
   */
  #wasCutOff(plan: LanPlan, text: string): boolean {
    if (this.#pending === null || this.#options.activateCommand === null || this.#activated === text) return false;
    return plan.kind === "dhcp" || !this.#activation.hasHappened(plan);
  }

  async #activate(plan: LanPlan, text: string): Promise<void> {
    await this.#activation.run(plan, this.#stopping.signal);
    if (!this.#stopping.signal.aborted) this.#activated = text;
  }

  /** The host's network file before ours is unknown: as far as we can tell the address came from the network. */
  async #firstState(): Promise<LanSettings> {
    const settings = readLanSettings(this.#stored);
    return isOurs(await readSystemFile(this.#options.file)) ? settings : { ...settings, type: DHCP };
  }

  async #nothingPending(confirmed: LanSettings): Promise<void> {
    if (this.#state === null || !sameLanSettings(this.#state.confirmed, confirmed)) {
      await this.#save({ confirmed, pending: null });
    }
  }

  #awaitAcs(): void {
    this.#after(this.#options.confirmWithinMs, "confirmation of the network change", () => this.#isLate());
  }

  /** Without an ACS, such as with TR-069 off, only the host's state can confirm the change. */
  async #isLate(): Promise<void> {
    if (this.#pending === null) return;
    const { acs, confirmWithinMs } = this.#options;
    const seconds = Math.round(confirmWithinMs / 1000);
    const hasAcs = this.#stored(acs.enable)?.trim() === "1" && (this.#stored(acs.url) ?? "").trim() !== "";
    if (hasAcs) return this.#rollBack(`the ACS was not reached within ${seconds} seconds`);
    if (!(await this.#confirm("No ACS is set, and the host has the new settings"))) {
      await this.#rollBack(`the address did not come up within ${seconds} seconds`);
    }
  }

  /** False: it cannot be confirmed, or there is nothing to confirm. */
  async #confirm(reason: string): Promise<boolean> {
    const [pending, confirmed] = [this.#pending, this.#applied];
    const plan = confirmed === null ? "" : planLan(confirmed);
    if (pending === null || pending.rollingBack || confirmed === null || typeof plan === "string") return false;
    if (!this.#activation.hasHappened(plan)) {
      this.#options.log.warn({}, "The new address is not up: the network change is not confirmed yet");
      return false;
    }
    await this.#save({ confirmed, pending: null });
    this.#timer?.cancel();
    this.#options.log.info({}, `${reason}: the network change is confirmed`);
    return true;
  }

  async #rollBack(reason: string): Promise<void> {
    const { log, file } = this.#options;
    if (this.#state === null) return;
    log.error({ reason, file }, "The network change is rolled back");
    try {
      await this.#undo(this.#state);
    } catch (error) {
      const problem = { reason: messageOf(error) };
      log.error(problem, "The network change could not be rolled back yet: retrying in a minute");
      this.#again(reason);
    }
  }

  /**
   * The order allows each step to be repeated; the record is removed last. The network comes before the settings: a
   * full disk, which delays them, must not keep the phone from the ACS.
   */
  async #undo({ confirmed, pending }: NetworkState): Promise<void> {
    const changeSettings = (): Promise<void> => this.#change(lanSettingsAsKeys(confirmed), true);
    if (pending === null) return changeSettings();
    // If this cannot be stored, a restart begins the wait again: late, but not lost.
    const unfinished = { confirmed, pending: { ...pending, rollingBack: true } };
    this.#state = unfinished;
    const unsaved = await this.#save(unfinished).catch(messageOf);
    if (unsaved !== undefined) this.#options.log.warn({ reason: unsaved }, "The roll-back could not be recorded");
    await this.#putBackFile(pending.previousFile);
    if (this.#options.activateCommand === null) {
      await changeSettings();
      return this.#rebootWith(unfinished);
    }
    const failed = await this.#activateOld().catch((error: unknown) => error);
    if (this.#stopping.signal.aborted) return;
    await changeSettings();
    if (failed !== undefined) throw failed;
    await this.#save({ confirmed, pending: null });
  }

  async #putBackFile(text: string | null): Promise<void> {
    const { file } = this.#options;
    this.#activated = null;
    // If our file could not be written there is nothing to restore.
    const found = await readSystemFile(file).catch(() => undefined);
    if (found === text) return;
    this.#isBack = false;
    await writeSystemFile(file, text);
  }

  /** Done once, however often the rest has to be retried. */
  async #activateOld(): Promise<void> {
    if (this.#isBack) return;
    await this.#activation.runAgain(this.#stopping.signal);
    this.#isBack = !this.#stopping.signal.aborted;
  }

  /** A reboot ends this process: the record must be gone by then, or the next start would reboot again. */
  async #rebootWith(unfinished: NetworkState): Promise<void> {
    await this.#save({ confirmed: unfinished.confirmed, pending: null });
    try {
      await this.#activation.runAgain(this.#stopping.signal);
    } catch (error) {
      await this.#save(unfinished);
      throw error;
    }
  }

  #again(reason: string): void {
    this.#after(RETRY_MS, "roll-back of the network change", () => this.#rollBack(reason));
  }

  #after(delayMs: number, name: string, work: () => Promise<void>): void {
    this.#timer?.cancel();
    this.#timer = this.#options.scheduler.after(delayMs, name, () => void this.#exclusively(work));
  }

  get #pending(): PendingChange | null {
    return this.#state?.pending ?? null;
  }

  async #setPending(pending: PendingChange): Promise<void> {
    const confirmed = this.#state?.confirmed ?? readLanSettings(this.#stored);
    await this.#save({ confirmed, pending });
  }

  async #save(state: NetworkState): Promise<void> {
    await this.#options.journal.save(state);
    this.#state = state;
  }
}
