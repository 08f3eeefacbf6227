import type { BackendChange, BackendKey } from "../../ports/backend.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Random } from "../../ports/random.ts";
import type { SettingsInForce } from "../hardware.ts";
import type { SimulatedEnvironment } from "./environment.ts";
import type { Handset } from "./handset.ts";

/** What a behaviour can access of its phone. */
export interface SimulatedPhone {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly setting: SettingsInForce;
  report(changes: readonly BackendChange[]): void;
  /** Never rejects: refused settings are logged. */
  change(values: ReadonlyMap<BackendKey, string>): void;
  readonly environment: SimulatedEnvironment;
  readonly handset: Handset;
  readonly log: Pick<Logger, "info" | "warn">;
}

/** One behaviour of a simulated phone. A phone is a list of them. */
export interface Behaviour {
  supports(key: BackendKey): boolean;
  read(key: BackendKey): string | undefined;
  /** Only while the phone is on. */
  settingsChanged(keys: readonly BackendKey[]): void;
  act(key: BackendKey): void;
  /** The network was lost or has returned; only while the phone is on. */
  linkChanged?(): void;
  powerOn(): void;
  /** Drops its volatile state and cancels its timers. */
  powerOff(): void;
  /**
   * For people and cables around the phone, which do not depend on its power: from the start of the backend to its
   * stop.
   */
  begin?(): void;
  end?(): void;
}

export type BehaviourFactory = (phone: SimulatedPhone) => Behaviour;
