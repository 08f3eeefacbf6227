import { createConfigFileBackend } from "../backends/config-file/config-file-backend.ts";
import { createLinuxBackend } from "../backends/linux/linux-backend.ts";
import { createFileSettings } from "../backends/settings/file-settings.ts";
import { createMemorySettings } from "../backends/settings/memory-settings.ts";
import type { Settings } from "../backends/settings/settings.ts";
import type { Surroundings } from "../backends/simulated/surroundings.ts";
import type { Config } from "../config/load-config.ts";
import { phoneFile } from "../config/phone-file.ts";
import { overlayFactory } from "../config/settings-keys.ts";
import { factorySettings } from "../model/factory.ts";
import type { Layouts } from "../parameters/layouts.ts";
import type { Backend, BackendKey } from "../ports/backend.ts";
import type { Clock, Scheduler } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import { createHooksPhone } from "./hooks-phone.ts";
import { linuxNetwork } from "./linux-network.ts";
import { createSimulatedPhone } from "./simulated-phone.ts";
import type { ThisHost } from "./this-host.ts";

export interface BackendPorts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly log: Logger;
  /** Of a phone that is simulated. */
  readonly surroundings: Surroundings;
}

/** Settings of a phone that this program brings along. */
export type BuiltInConfig = Config & { readonly backend: Exclude<Config["backend"], { readonly type: "plug-in" }> };

/** The phone that the settings describe: the one place that knows every backend but plug-ins. */
export function createBackend(
  config: BuiltInConfig,
  layouts: Layouts,
  thisHost: ThisHost,
  { surroundings, ...ports }: BackendPorts,
): Backend {
  const { phone, backend } = config;
  const file = phoneFile(config);
  const factory = overlayFactory(factorySettings(layouts.model, phone.accounts), config);
  const settings: Settings =
    file === null ? createMemorySettings({ factory }) : createFileSettings({ path: file, factory, ...ports });
  const common = {
    settings,
    restartKeys: restartKeys(layouts),
    accounts: phone.accounts,
    softwareVersion: phone.softwareVersion,
    hardwareVersion: phone.hardwareVersion,
    ...ports,
  };
  if (backend.type === "simulated") {
    return createSimulatedPhone({ ...backend, file }, phone.model, layouts, thisHost, { ...common, surroundings });
  }
  if (backend.type === "hooks") return createHooksPhone(backend, layouts, thisHost, common);
  const { statusFile, rebootCommand, installCommand } = backend;
  const onHost = { ...common, host: thisHost.host, statusFile, rebootCommand, installCommand };
  if (backend.type === "config-file") return createConfigFileBackend(onHost);
  return createLinuxBackend({ ...onHost, root: "/", network: linuxNetwork(backend), time: backend.time });
}

/** Settings that take effect with a restart of the phone only. */
export function restartKeys(layouts: Layouts): ReadonlySet<BackendKey> {
  return new Set(layouts.factory.refs.flatMap((ref) => (ref.def.restart ? ref.configKeys : [])));
}
