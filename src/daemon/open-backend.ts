import { ACS_URL_KEY, ENABLE_KEY } from "../agent/core/acs-settings.ts";
import type { BackendContext, ModelKeys, OpenBackend } from "../backends/built-in.ts";
import { openBackend } from "../backends/registry.ts";
import { createFileSettings } from "../backends/settings/file-settings.ts";
import { createMemorySettings } from "../backends/settings/memory-settings.ts";
import type { Settings } from "../backends/settings/settings.ts";
import { createStoredSettings } from "../backends/settings/stored-settings.ts";
import type { PhoneIdentity } from "../config/identity.ts";
import { phoneFile } from "../config/load-config.ts";
import type { Layouts } from "../parameters/layouts.ts";
import type { FactorySettings } from "../ports/backend.ts";
import type { Logger } from "../ports/logger.ts";
import type { PhoneStorage } from "../ports/phone-storage.ts";
import { withOwnSettings } from "./phones/own-settings.ts";
import type { PhoneKind } from "./phones/phone-kind.ts";
import type { PhoneOnHost } from "./this-host.ts";

export type BackendPorts = Pick<BackendContext, "clock" | "scheduler" | "random" | "log" | "environment" | "sip">;

/** The phone that the settings describe. Throws AgentError CONFIG or BACKEND_IO where it is a plug-in that cannot be loaded. */
export function openPhoneBackend(kind: PhoneKind, own: PhoneOnHost, ports: BackendPorts): Promise<OpenBackend> {
  const { config, simulation } = kind;
  const { host, lan, storage } = own;
  const file = phoneFile(config);
  const parts = modelParts(kind, own.identity);
  const factory = withOwnSettings(kind.factory, own.settings);
  const { clock, scheduler, log } = ports;
  const openSettings = (): Settings =>
    file === null
      ? settingsIn(storage, factory, log)
      : createFileSettings({ path: file, factory, clock, scheduler, log });
  const env = process.env;
  const kept = { factory, file, storage, openSettings };
  return openBackend(config.backend, { ...parts, ...kept, host, lan, env, simulation, ...ports });
}

function settingsIn(storage: PhoneStorage | null, factory: FactorySettings, log: Logger): Settings {
  return storage === null ? createMemorySettings({ factory }) : createStoredSettings({ factory, storage, log });
}

/** The parts of data model and identity that a backend receives. */
export function modelParts(
  { config, layouts, factory, restartKeys }: Pick<PhoneKind, "config" | "layouts" | "factory" | "restartKeys">,
  identity: PhoneIdentity,
) {
  const { accounts, softwareVersion, hardwareVersion } = config.phone;
  const { modelName: model, ...names } = identity;
  const phone = { ...names, model, softwareVersion, hardwareVersion };
  const keys = () => modelKeys(layouts);
  return { phone, accounts, keys, factory, restartKeys, stateFolder: config.stateFolder };
}

function modelKeys({ factory: { refs } }: Layouts): ModelKeys {
  return {
    settings: [...new Set(refs.flatMap(({ configKeys }) => configKeys))],
    live: [...new Set(refs.flatMap(({ liveKey }) => liveKey ?? []))],
    actions: [...new Set(refs.flatMap(({ actionKey }) => actionKey ?? []))],
    secret: [...new Set(refs.flatMap(({ def, configKeys }) => (def.hidden ? configKeys : [])))],
    acs: { enable: ENABLE_KEY, url: ACS_URL_KEY },
  };
}
