import { createConfigFileBackend } from "../backends/config-file/config-file-backend.ts";
import { createFileStorage, createMemoryStorage } from "../backends/files/phone-storage.ts";
import type { LanAddresses } from "../backends/phone-keys.ts";
import { createFileSettings } from "../backends/settings/file-settings.ts";
import { createMemorySettings } from "../backends/settings/memory-settings.ts";
import type { Settings } from "../backends/settings/settings.ts";
import { createSimulatedBackend } from "../backends/simulated/simulated-backend.ts";
import type { Config } from "../config/load-config.ts";
import { overlayFactory } from "../config/settings-keys.ts";
import { factorySettings } from "../model/factory.ts";
import type { Layouts } from "../parameters/layouts.ts";
import type { Backend, BackendKey } from "../ports/backend.ts";
import type { Clock, Scheduler } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import type { ThisHost } from "./this-host.ts";

export interface BackendPorts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly log: Logger;
}

/** The phone that the settings describe: the one place that knows every backend. */
export function createBackend(
  config: Config,
  layouts: Layouts,
  { host, lan, identity }: ThisHost,
  ports: BackendPorts,
): Backend {
  const { phone, backend } = config;
  const factory = overlayFactory(factorySettings(layouts.model, phone.accounts), config);
  const settings: Settings =
    backend.file === null
      ? createMemorySettings({ factory })
      : createFileSettings({ path: backend.file, factory, ...ports });
  const common = {
    settings,
    restartKeys: restartKeys(layouts),
    accounts: phone.accounts,
    softwareVersion: phone.softwareVersion,
    hardwareVersion: phone.hardwareVersion,
    ...ports,
  };
  if (backend.type === "simulated") {
    return createSimulatedBackend({
      ...common,
      lan: simulatedLan(backend.ip, lan, identity.mac),
      rebootMs: backend.rebootSeconds * 1000,
      files: {
        model: phone.model,
        storage: backend.file === null ? createMemoryStorage() : createFileStorage(backend.file),
      },
    });
  }
  return createConfigFileBackend({
    ...common,
    host,
    statusFile: backend.statusFile,
    rebootCommand: backend.rebootCommand,
    installCommand: backend.installCommand,
  });
}

/** A simulated phone is reached where this host is, unless the settings give it an address of its own. */
function simulatedLan(ip: string | null, lan: LanAddresses, macAddress: string): LanAddresses {
  if (ip === null) return { ...lan, macAddress };
  const gateway = ip.replace(/\d+$/, "1");
  const addresses = { defaultGateway: gateway, primaryDns: gateway, secondaryDns: "" };
  return { ipAddress: ip, subnetMask: "255.255.255.0", ...addresses, macAddress };
}

/** Settings that take effect with a restart of the phone only. */
function restartKeys(layouts: Layouts): ReadonlySet<BackendKey> {
  return new Set(layouts.factory.refs.flatMap((ref) => (ref.def.restart ? ref.configKeys : [])));
}
