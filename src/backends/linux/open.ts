import type * as z from "zod";
import type { DeepReadonly } from "../../options/option.ts";
import { type BackendContext, type OpenBackend, withoutClose } from "../built-in.ts";
import { phoneOnHost } from "../config-file/open.ts";
import { createFileStorage } from "../files/phone-storage.ts";
import { createLinuxBackend, type NetworkOptions } from "./linux-backend.ts";
import { type linuxOptions, NETWORK_FILES } from "./options.ts";

type LinuxSettings = DeepReadonly<z.output<typeof linuxOptions>>;

/** The backend for a phone that is this Linux host, with its network and its clock. */
export async function openLinux(backend: LinuxSettings, context: BackendContext): Promise<OpenBackend> {
  const network = networkOf(backend, context);
  const linux = createLinuxBackend({ ...phoneOnHost(backend, context), root: "/", network, time: backend.time });
  return withoutClose(linux);
}

/** How the LAN settings are applied to this host; null if they are not. */
function networkOf(backend: LinuxSettings, context: BackendContext): NetworkOptions | null {
  const { network, file, interface: interfaceName } = backend;
  if (network.apply === "none" || interfaceName === null) return null;
  return {
    kind: network.apply,
    file: network.file ?? NETWORK_FILES[network.apply],
    interfaceName,
    activateCommand: network.activateCommand,
    confirmWithinMs: network.confirmWithinSeconds * 1000,
    acs: context.keys().acs,
    storage: createFileStorage(file),
  };
}
