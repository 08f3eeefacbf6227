import type { Backend, BackendKey, FactorySettings } from "../ports/backend.ts";
import type { Clock, Scheduler } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { PhoneStorage } from "../ports/phone-storage.ts";
import type { Random } from "../ports/random.ts";
import type { Host } from "./config-file/host.ts";
import type { LanAddresses } from "./phone-keys.ts";
import type { PlugInPhone } from "./plugin/plug-in.ts";
import type { Settings } from "./settings/settings.ts";
import type { SimulatedEnvironment } from "./simulated/environment.ts";
import type { LinesBySip, Simulation } from "./simulated/simulation.ts";

/** The keys of the data model, each once. */
export interface ModelKeys {
  readonly settings: readonly BackendKey[];
  readonly live: readonly BackendKey[];
  readonly actions: readonly BackendKey[];
  /** Settings whose values are never shown. */
  readonly secret: readonly BackendKey[];
  /** Without these two the phone loses its ACS. */
  readonly acs: { readonly enable: BackendKey; readonly url: BackendKey };
}

/** What every backend receives beside its own options. */
export interface BackendContext {
  readonly phone: PlugInPhone;
  readonly accounts: number;
  readonly keys: () => ModelKeys;
  /** Settings that take effect with a restart of the phone only. */
  readonly restartKeys: ReadonlySet<BackendKey>;
  /** The values that a factory reset sets. */
  readonly factory: FactorySettings;
  /** The phone's own file, absolute; null where its settings are in memory. */
  readonly file: string | null;
  /** Where a phone without a file keeps what it has; null: in memory. */
  readonly storage: PhoneStorage | null;
  /** The settings in that file, in that storage or in memory. */
  readonly openSettings: () => Settings;
  readonly stateFolder: string;
  readonly host: Host;
  readonly lan: LanAddresses;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly environment: SimulatedEnvironment;
  /** Null: not a simulated phone. */
  readonly simulation: Simulation | null;
  /** Null: no line of this process speaks SIP. */
  readonly sip: LinesBySip | null;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly log: Logger;
}

export interface OpenBackend {
  readonly backend: Backend;
  /** Call it after the agent has stopped. */
  close(): Promise<void>;
}

/** A backend without resources to close. */
export function withoutClose(backend: Backend): OpenBackend {
  return { backend, close: nothingToClose };
}

async function nothingToClose(): Promise<void> {}
