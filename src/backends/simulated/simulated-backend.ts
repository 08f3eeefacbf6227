import type { Backend, BackendKey } from "../../ports/backend.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Random } from "../../ports/random.ts";
import { composeBackend } from "../compose.ts";
import type { LanAddresses } from "../phone-keys.ts";
import type { Settings } from "../settings/settings.ts";
import type { BehaviourFactory, SimulatedPhone } from "./behaviour.ts";
import { type Drift, DriftBehaviour } from "./drift.ts";
import { createSimulatedEnvironment, type SimulatedEnvironment, STATIC_ENVIRONMENT } from "./environment.ts";
import { GeneratedValuesBehaviour, type Generator } from "./generated-values.ts";
import { IdentityBehaviour } from "./identity.ts";
import { LanBehaviour } from "./lan.ts";
import { LineRegistrationBehaviour, type Registrars } from "./line-registration.ts";
import {
  createSimulatedFiles,
  createSimulatedFirmware,
  type SimulatedFilesOptions,
  type SimulatedFirmware,
} from "./simulated-files.ts";
import { createSimulatedHardware } from "./simulated-hardware.ts";
import { UserBehaviour, type UserStep } from "./user.ts";

export interface SimulatedBackendOptions {
  /** In memory, or in a file: see `createMemorySettings` and `createFileSettings`. */
  readonly settings: Settings;
  readonly restartKeys: ReadonlySet<BackendKey>;
  readonly accounts: number;
  readonly softwareVersion: string;
  readonly hardwareVersion: string;
  /** Addresses from DHCP. */
  readonly lan: LanAddresses;
  /** How long a reboot takes. */
  readonly rebootMs: number;
  /** A reboot takes up to this much longer, at random. */
  readonly rebootSpreadMs?: number;
  /** Absent: the phone has no file transfers. */
  readonly files?: SimulatedFilesOptions;
  /** Absent: every registrar accepts. */
  readonly registrars?: Registrars;
  /** Lines that register at a real registrar, for a phone with that firmware; `registrars` is ignored then. */
  readonly lines?: (firmwareVersion: () => string) => BehaviourFactory;
  /** What a person does at the phone. */
  readonly script?: readonly UserStep[];
  readonly drift?: Drift;
  /** Live values that change by themselves, and the phone's own seed. */
  readonly generated?: { readonly generators: ReadonlyMap<BackendKey, Generator>; readonly seed: string };
  readonly environment?: SimulatedEnvironment;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly log?: Pick<Logger, "info" | "warn">;
}

/** A phone without hardware: for building, choosing and sizing an ACS. */
export function createSimulatedBackend(options: SimulatedBackendOptions): Backend {
  const { settings, restartKeys, clock, scheduler, random, log = NO_LOG, files } = options;
  const environment =
    options.environment ?? (options.script === undefined ? STATIC_ENVIRONMENT : createSimulatedEnvironment());
  const firmware = createSimulatedFirmware(options.softwareVersion, files ?? null);
  const { rebootMs, rebootSpreadMs = 0 } = options;
  return composeBackend({
    name: "simulated",
    settings,
    atomic: true,
    restartKeys,
    ...(files === undefined ? {} : { files: createSimulatedFiles(files, firmware, settings) }),
    hardware: (setting, change) =>
      createSimulatedHardware(
        { clock, scheduler, random, log, environment, setting, change, firmware, rebootMs, rebootSpreadMs },
        behavioursOf(options, firmware),
      ),
  });
}

const NO_LOG: Pick<Logger, "info" | "warn"> = { info() {}, warn() {} };

function behavioursOf(options: SimulatedBackendOptions, firmware: SimulatedFirmware): readonly BehaviourFactory[] {
  const { hardwareVersion, lan, accounts, registrars, lines, script, drift, generated } = options;
  return [
    (phone) => new IdentityBehaviour(phone, firmware, hardwareVersion),
    (phone) => new LanBehaviour(phone, lan),
    lines?.(() => firmware.version()) ?? ((phone) => new LineRegistrationBehaviour(phone, accounts, registrars)),
    ...(generated === undefined
      ? []
      : [(phone: SimulatedPhone) => new GeneratedValuesBehaviour(phone, generated.generators, generated.seed)]),
    ...(script === undefined ? [] : [(phone: SimulatedPhone) => new UserBehaviour(phone, script)]),
    ...(drift === undefined ? [] : [(phone: SimulatedPhone) => new DriftBehaviour(phone, drift)]),
  ];
}
