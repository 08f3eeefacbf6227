import type { BackendKey } from "../../ports/backend.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { SettingsInForce } from "../hardware.ts";
import type { ReportChanges } from "../settings/settings.ts";

/** What a behaviour knows of the phone that it is a part of. */
export interface SimulatedPhone {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly setting: SettingsInForce;
  readonly report: ReportChanges;
}

/** One thing that a simulated phone does. A phone is a list of them. */
export interface Behaviour {
  supports(key: BackendKey): boolean;
  read(key: BackendKey): string | undefined;
  /** Only while the phone is on. */
  settingsChanged(keys: readonly BackendKey[]): void;
  act(key: BackendKey): void;
  powerOn(): void;
  /** Forgets what a restart forgets, and cancels its timers. */
  powerOff(): void;
}

export type BehaviourFactory = (phone: SimulatedPhone) => Behaviour;
