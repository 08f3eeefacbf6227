import type { Backend, BackendKey } from "../../ports/backend.ts";
import { composeBackend } from "../compose.ts";
import type { Settings } from "../settings/settings.ts";
import { createHostFiles, type HostFilesOptions } from "./host-files.ts";
import { createHostHardware, type HostHardwareOptions } from "./host-hardware.ts";

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
