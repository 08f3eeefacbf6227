import type { Backend, BackendKey } from "../../ports/backend.ts";
import type { PhoneStorage } from "../../ports/phone-storage.ts";
import { composeBackend } from "../compose.ts";
import { createHostFiles, type HostFilesOptions } from "../config-file/host-files.ts";
import { createHostHardware, type HostHardwareOptions } from "../config-file/host-hardware.ts";
import type { ChangeByDevice } from "../hardware.ts";
import { refusedKey } from "../refused-key.ts";
import type { Settings } from "../settings/settings.ts";
import { type Activate, activateByCommand } from "./activation.ts";
import { lanRefusal } from "./lan-settings.ts";
import { createLinuxHardware } from "./linux-hardware.ts";
import { createNetworkJournal } from "./network-journal.ts";
import { createNetworkKeeper, type NetworkKeeper, type NetworkKeeperOptions } from "./network-keeper.ts";
import { createTimeKeeper, type TimeKeeperOptions, timeRefusal } from "./time-keeper.ts";

export interface LinuxBackendOptions extends HostHardwareOptions, HostFilesOptions {
  /** The phone's own file, see `createFileSettings`. */
  readonly settings: Settings;
  readonly restartKeys: ReadonlySet<BackendKey>;
  /** Where the host's files are; `/` but in tests. */
  readonly root: string;
  /** Null: the LAN settings are not applied to the host. */
  readonly network: NetworkOptions | null;
  /** How the host applies its files; default: by their commands. */
  readonly activate?: Activate;
  readonly time: Pick<TimeKeeperOptions, "ntpFile" | "activateCommand" | "zoneCommand">;
}

export interface NetworkOptions
  extends Pick<
    NetworkKeeperOptions,
    "kind" | "file" | "interfaceName" | "activateCommand" | "confirmWithinMs" | "acs" | "hasAddress"
  > {
  /** Survives a power cut. */
  readonly storage: PhoneStorage;
}

/** A Linux host that is the phone: its live values and, if enabled, its network and its clock. */
export function createLinuxBackend(options: LinuxBackendOptions): Backend {
  const { settings, restartKeys, root, scheduler, log, time } = options;
  const stored = (key: BackendKey): string | undefined => settings.get(key);
  const activate = options.activate ?? activateByCommand(scheduler);
  return composeBackend({
    name: "linux",
    settings,
    atomic: true,
    restartKeys,
    files: createHostFiles(options, settings),
    hardware: (setting, change) =>
      createLinuxHardware({
        base: createHostHardware(options, setting, () => settings.touch()),
        network: networkOf({ ...options, activate }, stored, change),
        time: createTimeKeeper({ ...time, activate, log }),
        stored,
        root,
        scheduler,
      }),
    check(changes) {
      for (const [key, value] of changes) refuse(key, value, options);
    },
  });
}

function networkOf(
  { network, rebootCommand, activate, scheduler, log }: LinuxBackendOptions & { readonly activate: Activate },
  stored: (key: BackendKey) => string | undefined,
  change: ChangeByDevice,
): NetworkKeeper | null {
  if (network === null) return null;
  const journal = createNetworkJournal(network.storage, log);
  return createNetworkKeeper({ ...network, journal, activate, rebootCommand, scheduler, log }, stored, change);
}

function refuse(key: BackendKey, value: string, { network, time }: LinuxBackendOptions): void {
  const problem =
    (network === null ? null : lanRefusal(key, value)) ??
    (time.ntpFile === null && time.zoneCommand === null ? null : timeRefusal(key, value));
  if (problem !== null) throw refusedKey(9007, key, problem);
}
