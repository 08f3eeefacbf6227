import { readFileSync } from "node:fs";
import { parseAutop } from "../../autop/document.ts";
import { PHONE_STATUS } from "../../backends/phone-keys.ts";
import { decodeFileText } from "../../backends/settings/file-snapshot.ts";
import type { Environment } from "../../config/environment.ts";
import { chosenExtensions, EXTENSION_NAMES, type ExtensionName } from "../../config/extensions.ts";
import type { PhoneIdentity } from "../../config/identity.ts";
import { type Config, isInMemory, loadConfig, phoneFile } from "../../config/load-config.ts";
import { openPhoneModel } from "../../config/open-phone-model.ts";
import { overlayFactory } from "../../config/settings-keys.ts";
import { AgentError, messageOf } from "../../cwmp/errors.ts";
import { lookAtThisHost } from "../../daemon/this-host.ts";
import { factorySettings } from "../../model/factory.ts";
import type { Layout } from "../../parameters/layout.ts";
import { createLayouts } from "../../parameters/layouts.ts";
import { EMPTY_PARAMETERS_STATE, type ParametersState, rowsOf } from "../../parameters/state.ts";
import type { BackendKey } from "../../ports/backend.ts";

import { keptState, textOf } from "./kept-state.ts";

/** A phone for display: its tree and its current settings, read once. Nothing is started or written. */
export interface Phone {
  readonly layout: Layout;
  readonly identity: PhoneIdentity;
  readonly accounts: number;
  /** Accounts cannot be added or deleted. */
  readonly accountsFixed: boolean;
  /** The stored state of the phone's agent. */
  readonly state: ParametersState;
  read(key: BackendKey): string | undefined;
}

/** Options of the command line that override settings. */
export interface PhoneOverrides {
  /** Instead of the settings' number. */
  readonly accounts?: number;
  /** In addition to those of the settings. */
  readonly extensions?: readonly ExtensionName[];
}

/** Throws FindingsError for settings or a data model that cannot be used. */
export async function openPhone(file: string | null, env: Environment, overrides: PhoneOverrides): Promise<Phone> {
  const { config, model } = await openPhoneModel(withExtensions(loadConfig(file, env), overrides.extensions ?? []));
  const count = overrides.accounts ?? config.phone.accounts;
  const { accountsFixed } = config.phone;
  const layouts = createLayouts(model, { accounts: count, accountsFixed });
  const state = file === null || isInMemory(config) ? EMPTY_PARAMETERS_STATE : keptState(config.stateFolder);
  const changedRows = Object.keys(state.tables).length > 0;
  const layout = changedRows ? layouts.of(rowsOf(layouts.factory, state, count)) : layouts.factory;
  const factory = overlayFactory(factorySettings(model, count), config);
  return {
    layout,
    identity: (await lookAtThisHost(config)).identity,
    accounts: count,
    accountsFixed,
    state,
    read: reader(config, file, factory),
  };
}

/** A clone of the device in a dump, in its initial state. Throws FindingsError if nothing of it can be used. */
export function openClonedPhone(clone: string): Promise<Phone> {
  return openPhone(
    null,
    { AKUVOX_CPE_BACKEND: "simulated", AKUVOX_CPE_IN_MEMORY: "true", AKUVOX_CPE_CLONE: clone },
    {},
  );
}

function withExtensions(config: Config, more: readonly ExtensionName[]): Config {
  const on = [...chosenExtensions(config.extensions), ...more];
  const flags = EXTENSION_NAMES.map((name) => [name, on.includes(name)] as const);
  return { ...config, extensions: Object.fromEntries(flags) as Config["extensions"] };
}

/** The phone's file and status file; without a settings file or a phone's file, the factory state. */
function reader(config: Config, file: string | null, factory: ReadonlyMap<BackendKey, string>): Phone["read"] {
  const { backend } = config;
  const path = file === null ? null : phoneFile(config);
  const settings = path === null ? null : readAutop(path);
  const status = backend.type !== "config-file" || backend.statusFile === null ? null : readAutop(backend.statusFile);
  const live = liveValues(config, path);
  return (key) => {
    const setting = settings === null ? factory.get(key) : settings.get(key);
    return setting ?? status?.get(key) ?? live.get(key);
  };
}

/** Live values of a phone that is not running; a simulated one stores its firmware version beside its file. */
function liveValues({ phone, backend }: Config, path: string | null): ReadonlyMap<BackendKey, string> {
  const installed = backend.type === "simulated" && path !== null ? textOf(`${path}.firmware`)?.trim() : "";
  return new Map([
    [PHONE_STATUS.softwareVersion, installed || phone.softwareVersion],
    [PHONE_STATUS.hardwareVersion, phone.hardwareVersion],
  ]);
}

function readAutop(path: string) {
  try {
    return parseAutop(decodeFileText(readFileSync(path)).text);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw new AgentError("BACKEND_IO", `${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
