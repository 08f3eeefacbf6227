import { createConfigFileBackend } from "../backends/config-file/config-file-backend.ts";
import { createLinuxBackend } from "../backends/linux/linux-backend.ts";
import { createFileSettings } from "../backends/settings/file-settings.ts";
import { createMemorySettings } from "../backends/settings/memory-settings.ts";
import type { Settings } from "../backends/settings/settings.ts";
import { createStoredSettings } from "../backends/settings/stored-settings.ts";
import type { SimulatedEnvironment } from "../backends/simulated/environment.ts";
import type { Config } from "../config/load-config.ts";
import { phoneFile } from "../config/phone-file.ts";
import type { Backend, FactorySettings } from "../ports/backend.ts";
import type { Clock, Scheduler } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { PhoneStorage } from "../ports/phone-storage.ts";
import type { Random } from "../ports/random.ts";
import { createHooksPhone } from "./hooks-phone.ts";
import { linuxNetwork } from "./linux-network.ts";
import { withOwnSettings } from "./phones/own-settings.ts";
import type { PhoneKind } from "./phones/phone-kind.ts";
import type { PhonesSip } from "./phones/sip.ts";
import { createSimulatedPhone } from "./simulated-phone.ts";
import type { PhoneOnHost } from "./this-host.ts";

export interface BackendPorts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly log: Logger;
  /** Of a phone that is simulated. */
  readonly environment: SimulatedEnvironment;
  /** Of simulated phones whose lines register by SIP. */
  readonly sip: PhonesSip | null;
}

/** A phone that this program brings along. */
export type BuiltInBackend = Exclude<Config["backend"], { readonly type: "plug-in" }>;

/** The phone that the settings describe: the one place that knows every backend but plug-ins. */
export function createBackend(
  kind: PhoneKind,
  backend: BuiltInBackend,
  own: PhoneOnHost,
  { environment, sip, clock, scheduler, random, log }: BackendPorts,
): Backend {
  const { phone } = kind.config;
  const ports = { clock, scheduler, random, log };
  const file = phoneFile(kind.config);
  const factory = withOwnSettings(kind.factory, own.settings);
  const settings =
    file === null ? settingsIn(own.storage, factory, log) : createFileSettings({ path: file, factory, ...ports });
  const common = {
    settings,
    restartKeys: kind.restartKeys,
    accounts: phone.accounts,
    softwareVersion: phone.softwareVersion,
    hardwareVersion: phone.hardwareVersion,
    ...ports,
  };
  if (backend.type === "simulated") {
    return createSimulatedPhone({ ...backend, file }, kind, own, { ...common, environment, sip });
  }
  if (backend.type === "hooks") return createHooksPhone(backend, kind.layouts, own, common);
  const { statusFile, rebootCommand, installCommand } = backend;
  const onHost = { ...common, host: own.host, statusFile, rebootCommand, installCommand };
  if (backend.type === "config-file") return createConfigFileBackend(onHost);
  return createLinuxBackend({ ...onHost, root: "/", network: linuxNetwork(backend), time: backend.time });
}

function settingsIn(storage: PhoneStorage | null, factory: FactorySettings, log: Logger): Settings {
  return storage === null ? createMemorySettings({ factory }) : createStoredSettings({ factory, storage, log });
}
