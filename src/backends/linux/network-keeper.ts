import { messageOf } from "../../cwmp/errors.ts";
import type { BackendKey } from "../../ports/backend.ts";
import type { Scheduler, Timer } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Host } from "../config-file/host.ts";
import type { ChangeByDevice } from "../hardware.ts";
import { delay } from "../poll.ts";
import type { Activate, Activation } from "./activation.ts";
import {
  DHCP,
  type LanPlan,
  type LanSettings,
  lanSettingsAsKeys,
  planLan,
  readLanSettings,
  sameLanSettings,
} from "./lan-settings.ts";
import { isOurs, type NetworkFileKind, networkFile } from "./network-file.ts";
import type { NetworkJournal, NetworkState, PendingChange } from "./network-journal.ts";
import { readSystemFile, writeSystemFile } from "./system-file.ts";

export interface NetworkKeeperOptions {
  readonly kind: NetworkFileKind;
  readonly file: string;
  readonly interfaceName: string;
  /** Null: the reboot that follows makes the host read the file. */
  readonly activateCommand: readonly string[] | null;
  readonly rebootCommand: readonly string[] | null;
  readonly confirmWithinMs: number;
  readonly journal: NetworkJournal;
  readonly activate: Activate;
  readonly host: Host;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

/** Brings the LAN settings to the host, and back again when the ACS is lost by it. */
export interface NetworkKeeper {
  /** The program has started: what is stored counts as in force. */
  start(): Promise<void>;
  /** The phone restarts: what is stored comes into force. Never throws. */
  restart(): Promise<void>;
  /** A session has succeeded. */
  reached(): void;
  stop(): Promise<void>;
}

const STARTS = 3;
const RETRY_MS = 60_000;
/** How long an address may take to appear. */
const SETTLE_MS = 15_000;
const DHCP_SETTLE_MS = 5_000;
const LOOK_MS = 500;

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
  #state: NetworkState | null = null;
  #timer: Timer | null = null;
  #stopping = new AbortController();
  #last: Promise<void> = Promise.resolve();

  constructor(options: NetworkKeeperOptions, stored: (key: BackendKey) => string | undefined, change: ChangeByDevice) {
    this.#options = options;
    this.#stored = stored;
    this.#change = change;
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
    // With a reboot of the host to come, the file is all that is needed: it is read then.
    const { activateCommand, rebootCommand } = this.#options;
    return this.#exclusively(() => this.#reconcile(activateCommand !== null && rebootCommand === null));
  }

  reached(): void {
    if (this.#state?.pending) void this.#exclusively(() => this.#confirm());
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#stopping.abort();
    await this.#last;
    this.#timer?.cancel();
  }

  /** One at a time, and nothing after a stop. Never rejects: what fails has been dealt with, or is told here. */
  #exclusively(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(async () => {
      if (this.#stopping.signal.aborted) return;
      try {
        await work();
      } catch (error) {
        this.#options.log.error({ reason: messageOf(error) }, "The network settings could not be brought to the host");
      }
    });
    return this.#last;
  }

  async #reconcile(activates: boolean): Promise<void> {
    const settings = readLanSettings(this.#stored);
    const plan = planLan(settings);
    const { kind, file, interfaceName } = this.#options;
    if (typeof plan === "string") return this.#rollBack(plan);
    const text = networkFile(kind, interfaceName, plan);
    const found = await readSystemFile(file);
    const isForeign = plan.kind === "dhcp" && !isOurs(found);
    if (found === text || isForeign) return this.#nothingToWrite();
    const previousFile = this.#pending === null ? found : this.#pending.previousFile;
    try {
      await this.#setPending({ previousFile, startsLeft: STARTS, rollingBack: false });
      await writeSystemFile(file, text);
      if (activates) await this.#activate(plan);
    } catch (error) {
      return this.#rollBack(messageOf(error));
    }
    this.#options.log.warn({ file, interfaceName }, "The network of this host is changed as the settings say");
    this.#awaitAcs();
  }

  /** Nobody knows what the host's network file did before us: the address came from the network, as far as we can tell. */
  async #firstState(): Promise<LanSettings> {
    const settings = readLanSettings(this.#stored);
    return isOurs(await readSystemFile(this.#options.file)) ? settings : { ...settings, type: DHCP };
  }

  /** DHCP is left to whoever looks after it, unless we have been there before. */
  async #nothingToWrite(): Promise<void> {
    if (this.#pending !== null) return this.#awaitAcs();
    const confirmed = readLanSettings(this.#stored);
    if (this.#state === null || !sameLanSettings(this.#state.confirmed, confirmed)) {
      await this.#save({ confirmed, pending: null });
    }
  }

  async #activate(plan: LanPlan): Promise<void> {
    const activation = this.#activation();
    if (activation === null) return;
    await this.#options.activate(activation, this.#stopping.signal);
    // Sessions must go out by the new address: one by the old one would prove nothing.
    const limitMs = plan.kind === "static" ? SETTLE_MS : DHCP_SETTLE_MS;
    for (let waitedMs = 0; waitedMs < limitMs && !this.#stopping.signal.aborted; waitedMs += LOOK_MS) {
      if (plan.kind === "static" && (await this.#hasAddress(plan.address))) return;
      await delay(this.#options.scheduler, LOOK_MS, "wait for the new address", this.#stopping.signal);
    }
  }

  #activation(): Activation | null {
    const { activateCommand, rebootCommand } = this.#options;
    const command = activateCommand ?? rebootCommand;
    const setting = activateCommand === null ? "backend.rebootCommand" : "backend.network.activateCommand";
    return command === null ? null : { command, setting, purpose: "network activation" };
  }

  async #hasAddress(address: string): Promise<boolean> {
    return (await this.#options.host.lan()).ipAddress === address;
  }

  #awaitAcs(): void {
    const { scheduler, confirmWithinMs } = this.#options;
    this.#timer?.cancel();
    const seconds = Math.round(confirmWithinMs / 1000);
    this.#timer = scheduler.after(
      confirmWithinMs,
      "confirmation of the network change",
      () => void this.#exclusively(() => this.#rollBack(`the ACS was not reached within ${seconds} seconds`)),
    );
  }

  async #confirm(): Promise<void> {
    const pending = this.#pending;
    const confirmed = readLanSettings(this.#stored);
    const plan = planLan(confirmed);
    if (pending === null || pending.rollingBack || typeof plan === "string") return;
    if (plan.kind === "static" && !(await this.#hasAddress(plan.address))) {
      this.#options.log.warn({}, "A session has succeeded, but not by the new address: the network change still waits");
      return;
    }
    await this.#save({ confirmed, pending: null });
    this.#timer?.cancel();
    this.#options.log.info({}, "The ACS was reached: the network change stays");
  }

  /** File, settings, host, in an order in which each step can be done again; the record of it goes last. */
  async #rollBack(reason: string): Promise<void> {
    const { log, file } = this.#options;
    const state = this.#state;
    if (state === null) return;
    log.error({ reason, file }, "The network change is taken back");
    try {
      const { pending } = state;
      if (pending !== null) {
        await this.#setPending({ ...pending, rollingBack: true });
        await writeSystemFile(file, pending.previousFile);
      }
      await this.#change(lanSettingsAsKeys(state.confirmed), true);
      if (pending !== null) await this.#activateOld(state);
    } catch (error) {
      log.error(
        { reason: messageOf(error) },
        "The network change could not be taken back yet: tried again in a minute",
      );
      this.#again(reason);
    }
  }

  /** A reboot ends this process: the record must be gone by then, or the next start would reboot again. */
  async #activateOld({ confirmed }: NetworkState): Promise<void> {
    const done = (): Promise<void> => this.#save({ confirmed, pending: null });
    const activation = this.#activation();
    if (this.#options.activateCommand === null) await done();
    if (activation !== null) await this.#options.activate(activation, this.#stopping.signal);
    if (this.#options.activateCommand !== null && !this.#stopping.signal.aborted) await done();
  }

  #again(reason: string): void {
    this.#timer?.cancel();
    this.#timer = this.#options.scheduler.after(
      RETRY_MS,
      "roll-back of the network change",
      () => void this.#exclusively(() => this.#rollBack(reason)),
    );
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
