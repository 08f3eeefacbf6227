import { ACS_URL_KEY, ENABLE_KEY } from "../agent/core/acs-settings.ts";
import { createFileStorage } from "../backends/files/phone-storage.ts";
import type { NetworkOptions } from "../backends/linux/linux-backend.ts";
import { NETWORK_FILES } from "../config/linux-options.ts";
import type { Config } from "../config/load-config.ts";

/** How the LAN settings reach this host; null where they do not. */
export function linuxNetwork(backend: Config["backend"] & { readonly type: "linux" }): NetworkOptions | null {
  const { network, file, interface: interfaceName } = backend;
  if (network.apply === "none" || interfaceName === null) return null;
  return {
    kind: network.apply,
    file: network.file ?? NETWORK_FILES[network.apply],
    interfaceName,
    activateCommand: network.activateCommand,
    confirmWithinMs: network.confirmWithinSeconds * 1000,
    acs: { enable: ENABLE_KEY, url: ACS_URL_KEY },
    storage: createFileStorage(file),
  };
}
