import { messageOf } from "../cwmp/errors.ts";
import { SerialQueue } from "../durable/serial-queue.ts";
import type { TreeChange } from "../parameters/tree.ts";
import type { Scheduler, Timer } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import { ACS_KEYS, type AcsSettings, CONNECTION_REQUEST_URL, readAcsSettings } from "./acs-settings.ts";
import type { ConnectionEndpoint } from "./connection-endpoint.ts";
import type { PeriodicInform } from "./periodic.ts";
import type { Phone } from "./phone.ts";

const LAN_ADDRESS = "Device.LAN.IPAddress";
const SETTINGS_KEYS = "Config.TR069.";
/** Until settings that could not be taken over, as with a port that is in use, are tried again. */
const AGAIN_MS = 60_000;

export interface SettingsFollowerOptions {
  readonly phone: Phone;
  readonly settings: AcsSettings;
  readonly endpoint: ConnectionEndpoint;
  readonly periodic: PeriodicInform;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** What of the phone's settings is in force: a former ACS may have to be told something first. */
  readonly inForce: (settings: AcsSettings) => AcsSettings;
  /** The ACS has been set, or TR-069 turned on or off, at the phone itself. */
  readonly acsSetHere: () => void;
  /** There is an ACS to talk to that there was not before. */
  readonly requestSession: () => void;
  /** After a change has been taken over. */
  readonly changed: () => void;
}

/**
 * Keeps in step with the phone's own TR-069 settings, whoever changes them: the door for connection requests, the periodic
 * Inform, the ConnectionRequestURL, and the `0 BOOTSTRAP` that a new ACS URL asks for.
 */
export interface SettingsFollower {
  readonly settings: AcsSettings;
  readonly connectionRequestUrl: string;
  /** Takes over what is set at the start. */
  start(): Promise<void>;
  /** Follows the changes from now on. */
  follow(): void;
  /** Resolves when every change so far has been taken over. */
  settled(): Promise<void>;
  /** Other settings are in force than before, though none has changed. */
  reload(): void;
  stop(): void;
}

export function createSettingsFollower(options: SettingsFollowerOptions): SettingsFollower {
  return new Follower(options);
}

class Follower implements SettingsFollower {
  readonly #options: SettingsFollowerOptions;
  #settings: AcsSettings;
  #url = "";
  /** One change after the other. */
  readonly #reloading = new SerialQueue();
  #again: Timer | null = null;
  #stopped = false;

  constructor(options: SettingsFollowerOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  get settings(): AcsSettings {
    return this.#settings;
  }

  get connectionRequestUrl(): string {
    return this.#url;
  }

  async start(): Promise<void> {
    await this.#apply();
    this.#url = await this.#currentUrl();
  }

  follow(): void {
    this.#options.phone.tree.onChange((change) => this.#take(change));
  }

  settled(): Promise<void> {
    return this.#reloading.settled();
  }

  reload(): void {
    if (!this.#stopped) this.#reloadInTurn();
  }

  stop(): void {
    this.#stopped = true;
    this.#again?.cancel();
  }

  #take({ by, keys, paths }: TreeChange): void {
    if (by === "device" && ACS_KEYS.some((key) => keys.has(key))) this.#options.acsSetHere();
    const settingsChanged = [...keys].some((key) => key.startsWith(SETTINGS_KEYS));
    if (settingsChanged || paths.has(LAN_ADDRESS)) this.#reloadInTurn();
  }

  #reloadInTurn(): void {
    const { log, scheduler } = this.#options;
    this.#again?.cancel();
    this.#reloading
      .run(() => this.#reload())
      .catch((error) => {
        log.error({ reason: messageOf(error) }, "Changed settings could not be taken over: tried again in a minute");
        if (!this.#stopped) this.#again = scheduler.after(AGAIN_MS, "changed settings", () => this.#reloadInTurn());
      });
  }

  async #reload(): Promise<void> {
    const { phone, log, inForce, changed, requestSession } = this.#options;
    const before = this.#settings;
    const now = inForce(await readAcsSettings(phone.tree));
    this.#settings = now;
    // First what the ACS has to hear of: the rest may fail, and is tried again.
    if (before.url !== now.url) await phone.events.bootstrap();
    if (before.url !== now.url || (now.enabled && !before.enabled)) requestSession();
    changed();
    if (before.enabled && !now.enabled) {
      log.warn({}, "TR-069 has been turned off: no ACS reaches the phone until a person turns it on again");
    }
    await this.#apply();
    await this.#refreshUrl();
  }

  async #apply(): Promise<void> {
    const { endpoint, periodic } = this.#options;
    const { enabled, periodic: wanted } = this.#settings;
    periodic.apply({ ...wanted, enabled: enabled && wanted.enabled });
    if (enabled) await endpoint.open();
    else await endpoint.close();
  }

  async #refreshUrl(): Promise<void> {
    const url = await this.#currentUrl();
    if (url === this.#url) return;
    this.#url = url;
    this.#options.phone.tree.agentValueChanged(CONNECTION_REQUEST_URL);
  }

  async #currentUrl(): Promise<string> {
    const { endpoint, phone } = this.#options;
    const address = (await phone.tree.readSecrets([LAN_ADDRESS])).get(LAN_ADDRESS) ?? "";
    return endpoint.url(this.#settings.cpeUrl, address);
  }
}
