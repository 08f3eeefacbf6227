import type * as z from "zod";
import type { DeepReadonly } from "../../options/option.ts";
import type { Backend, BackendKey } from "../../ports/backend.ts";
import { type BackendContext, type OpenBackend, withoutClose } from "../built-in.ts";
import { composeBackend } from "../compose.ts";
import type { Settings } from "../settings/settings.ts";
import { createHostFiles, type HostFilesOptions } from "./host-files.ts";
import { createHostHardware, type HostHardwareOptions } from "./host-hardware.ts";
import type { configFileOptions } from "./options.ts";

type OnHost = Pick<DeepReadonly<z.output<typeof configFileOptions>>, "statusFile" | "rebootCommand" | "installCommand">;

/** A phone whose firmware reads its settings file on this host. */
export async function openConfigFile(
  backend: DeepReadonly<z.output<typeof configFileOptions>>,
  context: BackendContext,
): Promise<OpenBackend> {
  return withoutClose(createConfigFileBackend(phoneOnHost(backend, context)));
}

/** The parts of every phone whose firmware reads a settings file on this host. */
export function phoneOnHost(
  { statusFile, rebootCommand, installCommand }: OnHost,
  { phone, accounts, restartKeys, host, scheduler, log, openSettings }: BackendContext,
): ConfigFileBackendOptions {
  const { softwareVersion, hardwareVersion } = phone;
  const firmware = { accounts, softwareVersion, hardwareVersion, statusFile, rebootCommand, installCommand };
  return { ...firmware, settings: openSettings(), restartKeys, host, scheduler, log };
}

export interface ConfigFileBackendOptions extends HostHardwareOptions, HostFilesOptions {
  /** The phone's own file, see `createFileSettings`. */
  readonly settings: Settings;
  readonly restartKeys: ReadonlySet<BackendKey>;
}

/** A phone whose firmware reads its AutoP file; live values are those of this host. */
export function createConfigFileBackend(options: ConfigFileBackendOptions): Backend {
  const { settings, restartKeys } = options;
  return composeBackend({
    name: "config-file",
    settings,
    atomic: true,
    restartKeys,
    files: createHostFiles(options, settings),
    hardware: (setting) => createHostHardware(options, setting, () => settings.touch()),
  });
}
