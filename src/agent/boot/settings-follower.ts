import { messageOf } from "../../cwmp/errors.ts";
import { SerialQueue } from "../../durable/serial-queue.ts";
import { lanAddressPath, managementServerPath, readLanAddress } from "../../parameters/own-paths.ts";
import type { TreeChange } from "../../parameters/tree.ts";
import type { Timer } from "../../ports/clock.ts";
import type { ConnectionEndpoint } from "../connection-requests/connection-endpoint.ts";
import { ACS_KEYS, type AcsSettings, CONNECTION_REQUEST_URL, readAcsSettings } from "../core/acs-settings.ts";
import type { Feature } from "../core/feature.ts";
import type { PeriodicInform } from "../informs/periodic.ts";
import type { Transfers } from "../transfers/parts.ts";
import type { FeatureCore } from "./feature-core.ts";

const SETTINGS_KEYS = "Config.TR069.";
/** Wait before a retry of settings that could not be applied, such as a port in use. */
const AGAIN_MS = 60_000;

export interface FollowerParts {
  readonly settings: AcsSettings;
  readonly endpoint: ConnectionEndpoint;
  readonly features: {
    readonly periodic: PeriodicInform;
    readonly transfers: Pick<Transfers, "inForce" | "acsSetHere">;
    /** Called after a change has been applied. */
    readonly all: readonly Feature[];
  };
}

/**
 * Applies changes of the phone's own TR-069 settings, from any source, to the connection request endpoint, the
 * periodic Inform and the ConnectionRequestURL, and raises `0 BOOTSTRAP` for a new ACS URL.
 */
export class SettingsFollower implements Feature {
  readonly #core: FeatureCore;
  readonly #endpoint: ConnectionEndpoint;
  readonly #features: FollowerParts["features"];
  #settings: AcsSettings;
  #url = "";
  /** Applies one change at a time. */
  readonly #reloading = new SerialQueue();
  #again: Timer | null = null;
  #stopped = false;

  constructor(core: FeatureCore, { settings, endpoint, features }: FollowerParts) {
    this.#core = core;
    this.#endpoint = endpoint;
    this.#features = features;
    this.#settings = settings;
  }

  get settings(): AcsSettings {
    return this.#settings;
  }

  get connectionRequestUrl(): string {
    return this.#url;
  }

  /** Applies the current settings. */
  async open(): Promise<void> {
    await this.#apply();
    this.#url = await this.#currentUrl();
  }

  /** Follows the changes from now on. */
  async start(): Promise<void> {
    this.#core.tree.onChange((change) => this.#take(change));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#again?.cancel();
    this.#features.periodic.stop();
    await this.#endpoint.close();
  }

  /** Resolves when every change so far has been applied. */
  settled(): Promise<void> {
    return this.#reloading.settled();
  }

  /** Other settings are in force now, although none has changed. */
  reload(): void {
    if (!this.#stopped) this.#reloadInTurn();
  }

  #take({ by, keys, paths }: TreeChange): void {
    if (by === "device" && ACS_KEYS.some((key) => keys.has(key))) this.#features.transfers.acsSetHere();
    const settingsChanged = [...keys].some((key) => key.startsWith(SETTINGS_KEYS));
    if (settingsChanged || paths.has(lanAddressPath(this.#core.tree))) this.#reloadInTurn();
  }

  #reloadInTurn(): void {
    const { log, scheduler } = this.#core;
    this.#again?.cancel();
    this.#reloading
      .run(() => this.#reload())
      .catch((error) => {
        log.error({ reason: messageOf(error) }, "Changed settings could not be applied: retrying in a minute");
        if (!this.#stopped) this.#again = scheduler.after(AGAIN_MS, "changed settings", () => this.#reloadInTurn());
      });
  }

  async #reload(): Promise<void> {
    const { tree, events, log } = this.#core;
    const before = this.#settings;
    const now = this.#features.transfers.inForce(await readAcsSettings(tree));
    this.#settings = now;
    // First the events for the ACS: the rest may fail and is retried.
    if (before.url !== now.url) await events.bootstrap();
    // With TR-069 off there is no next Inform, and a waiting retry is cancelled.
    if (before.url !== now.url || before.enabled !== now.enabled) this.#core.requestSession();
    for (const feature of this.#features.all) feature.settingsChanged?.();
    if (before.enabled && !now.enabled) {
      log.warn({}, "TR-069 has been turned off: no ACS can reach the phone until it is turned on again at the phone");
    }
    await this.#apply();
    await this.#refreshUrl();
  }

  async #apply(): Promise<void> {
    const { enabled, periodic: wanted } = this.#settings;
    this.#features.periodic.apply({ ...wanted, enabled: enabled && wanted.enabled });
    if (enabled) await this.#endpoint.open();
    else await this.#endpoint.close();
  }

  async #refreshUrl(): Promise<void> {
    const url = await this.#currentUrl();
    if (url === this.#url) return;
    this.#url = url;
    const { tree } = this.#core;
    tree.agentValueChanged(managementServerPath(tree, CONNECTION_REQUEST_URL));
  }

  async #currentUrl(): Promise<string> {
    return this.#endpoint.url(this.#settings.cpeUrl, await readLanAddress(this.#core.tree));
  }
}
