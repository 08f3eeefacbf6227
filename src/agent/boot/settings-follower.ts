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
/** Until settings that could not be taken over, as with a port that is in use, are tried again. */
const AGAIN_MS = 60_000;

export interface FollowerParts {
  readonly settings: AcsSettings;
  readonly endpoint: ConnectionEndpoint;
  readonly features: {
    readonly periodic: PeriodicInform;
    readonly transfers: Pick<Transfers, "inForce" | "acsSetHere">;
    /** Hear of a change after it has been taken over. */
    readonly all: readonly Feature[];
  };
}

/**
 * Keeps in step with the phone's own TR-069 settings, whoever changes them: the connection request endpoint, the periodic
 * Inform, the ConnectionRequestURL, and the `0 BOOTSTRAP` that a new ACS URL asks for.
 */
export class SettingsFollower implements Feature {
  readonly #core: FeatureCore;
  readonly #endpoint: ConnectionEndpoint;
  readonly #features: FollowerParts["features"];
  #settings: AcsSettings;
  #url = "";
  /** One change after the other. */
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

  /** Takes over what is set. */
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

  /** Resolves when every change so far has been taken over. */
  settled(): Promise<void> {
    return this.#reloading.settled();
  }

  /** Other settings are in force than before, though none has changed. */
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
    // First what the ACS has to hear of: the rest may fail, and is tried again.
    if (before.url !== now.url) await events.bootstrap();
    // With TR-069 off that is none, and a retry that waits is none any more either.
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
