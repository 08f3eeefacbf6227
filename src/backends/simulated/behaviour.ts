import type { BackendChange, BackendKey } from "../../ports/backend.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Random } from "../../ports/random.ts";
import type { SettingsInForce } from "../hardware.ts";
import type { SimulatedEnvironment } from "./environment.ts";
import type { Handset } from "./handset.ts";

/** What a behaviour knows of the phone that it is a part of. */
export interface SimulatedPhone {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly setting: SettingsInForce;
  report(changes: readonly BackendChange[]): void;
  /** Never rejects: what the settings refuse is logged. */
  change(values: ReadonlyMap<BackendKey, string>): void;
  readonly environment: SimulatedEnvironment;
  readonly handset: Handset;
  readonly log: Pick<Logger, "info" | "warn">;
}

/** One thing that a simulated phone does. A phone is a list of them. */
export interface Behaviour {
  supports(key: BackendKey): boolean;
  read(key: BackendKey): string | undefined;
  /** Only while the phone is on. */
  settingsChanged(keys: readonly BackendKey[]): void;
  act(key: BackendKey): void;
  /** The network has gone or come back; only while the phone is on. */
  linkChanged?(): void;
  powerOn(): void;
  /** Forgets what a restart forgets, and cancels its timers. */
  powerOff(): void;
  /** The people and cables around the phone, which know no power: from the start of the backend to its stop. */
  begin?(): void;
  end?(): void;
}

export type BehaviourFactory = (phone: SimulatedPhone) => Behaviour;
