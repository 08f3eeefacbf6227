import type { Backend, BackendKey } from "../../ports/backend.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Random } from "../../ports/random.ts";
import { composeBackend } from "../compose.ts";
import type { LanAddresses } from "../phone-keys.ts";
import type { Settings } from "../settings/settings.ts";
import type { BehaviourFactory } from "./behaviour.ts";
import { type Drift, driftBehaviour } from "./drift.ts";
import { identityBehaviour } from "./identity.ts";
import { lanBehaviour } from "./lan.ts";
import { lineRegistrationBehaviour, type Registrars } from "./line-registration.ts";
import {
  createSimulatedFiles,
  createSimulatedFirmware,
  type SimulatedFilesOptions,
  type SimulatedFirmware,
} from "./simulated-files.ts";
import { createSimulatedHardware } from "./simulated-hardware.ts";
import { createSurroundings, QUIET_ROOM, type Surroundings } from "./surroundings.ts";
import { type UserStep, userBehaviour } from "./user.ts";

export interface SimulatedBackendOptions {
  /** In memory, or in a file: see `createMemorySettings` and `createFileSettings`. */
  readonly settings: Settings;
  readonly restartKeys: ReadonlySet<BackendKey>;
  readonly accounts: number;
  readonly softwareVersion: string;
  readonly hardwareVersion: string;
  /** What DHCP gives. */
  readonly lan: LanAddresses;
  /** How long a reboot takes. */
  readonly rebootMs: number;
  /** A reboot takes up to so much longer, at random. */
  readonly rebootSpreadMs?: number;
  /** Absent: the phone takes and gives no files. */
  readonly files?: SimulatedFilesOptions;
  /** Absent: every registrar answers. */
  readonly registrars?: Registrars;
  /** Lines that ask a registrar, made for a phone with that firmware; `registrars` counts for nothing then. */
  readonly lines?: (firmwareVersion: () => string) => BehaviourFactory;
  /** What a person does at the phone. */
  readonly script?: readonly UserStep[];
  readonly drift?: Drift;
  readonly surroundings?: Surroundings;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly log?: Pick<Logger, "info" | "warn">;
}

/** A phone without hardware: for building, choosing and sizing an ACS. */
export function createSimulatedBackend(options: SimulatedBackendOptions): Backend {
  const { settings, restartKeys, clock, scheduler, random, log = { info: () => {}, warn: () => {} } } = options;
  const surroundings = options.surroundings ?? (options.script === undefined ? QUIET_ROOM : createSurroundings());
  const firmware = createSimulatedFirmware(options.softwareVersion, options.files ?? null);
  const rebootMs = () => surroundings.offMs() + firmware.bootsNeeded() * bootMs(options);
  const world = { clock, scheduler, random, log, surroundings, rebootMs };
  const backend = composeBackend({
    name: "simulated",
    settings,
    atomic: true,
    restartKeys,
    ...(options.files === undefined ? {} : { files: createSimulatedFiles(options.files, firmware, settings) }),
    hardware: (setting, change) =>
      createSimulatedHardware({ ...world, setting, change }, behavioursOf(options, firmware)),
  });
  return {
    ...backend,
    async start(onChange) {
      await firmware.load();
      await backend.start(onChange);
    },
  };
}

function behavioursOf(options: SimulatedBackendOptions, firmware: SimulatedFirmware): readonly BehaviourFactory[] {
  return [
    identityBehaviour({ firmware, hardwareVersion: options.hardwareVersion }),
    lanBehaviour(options.lan),
    options.lines?.(() => firmware.version()) ?? lineRegistrationBehaviour(options.accounts, options.registrars),
    ...(options.script === undefined ? [] : [userBehaviour(options.script)]),
    ...(options.drift === undefined ? [] : [driftBehaviour(options.drift)]),
  ];
}

function bootMs({ rebootMs, rebootSpreadMs = 0, random }: SimulatedBackendOptions): number {
  return rebootSpreadMs === 0 ? rebootMs : rebootMs + random.between(0, rebootSpreadMs);
}
