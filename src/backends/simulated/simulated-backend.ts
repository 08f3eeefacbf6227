import type { Backend, BackendKey } from "../../ports/backend.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import { composeBackend } from "../compose.ts";
import type { LanAddresses } from "../phone-keys.ts";
import type { Settings } from "../settings/settings.ts";
import { identityBehaviour } from "./identity.ts";
import { lanBehaviour } from "./lan.ts";
import { lineRegistrationBehaviour } from "./line-registration.ts";
import { createSimulatedFiles, createSimulatedFirmware, type SimulatedFilesOptions } from "./simulated-files.ts";
import { createSimulatedHardware } from "./simulated-hardware.ts";

export interface SimulatedBackendOptions {
  /** In memory, or in a file: see `createMemorySettings` and `createFileSettings`. */
  readonly settings: Settings;
  readonly restartKeys: ReadonlySet<BackendKey>;
  readonly accounts: number;
  readonly softwareVersion: string;
  readonly hardwareVersion: string;
  /** What DHCP gives. */
  readonly lan: LanAddresses;
  /** How long a reboot takes; 5000 unless given. */
  readonly rebootMs?: number;
  /** Absent: the phone takes and gives no files. */
  readonly files?: SimulatedFilesOptions;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
}

/** A phone without hardware: for building, choosing and sizing an ACS. */
export function createSimulatedBackend(options: SimulatedBackendOptions): Backend {
  const { settings, restartKeys, clock, scheduler, random } = options;
  const firmware = createSimulatedFirmware(options.softwareVersion, options.files?.storage ?? null);
  const behaviours = [
    identityBehaviour({ firmware, hardwareVersion: options.hardwareVersion }),
    lanBehaviour(options.lan),
    lineRegistrationBehaviour(options.accounts),
  ];
  const backend = composeBackend({
    name: "simulated",
    settings,
    restartKeys,
    ...(options.files === undefined ? {} : { files: createSimulatedFiles(options.files, firmware, settings) }),
    hardware: (setting) =>
      createSimulatedHardware({ clock, scheduler, random, setting }, behaviours, options.rebootMs ?? 5_000),
  });
  return {
    ...backend,
    async start(onChange) {
      await firmware.load();
      await backend.start(onChange);
    },
  };
}
