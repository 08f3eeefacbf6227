import { messageOf } from "../../cwmp/errors.ts";
import type { BackendChange, BackendKey, PhoneCalls } from "../../ports/backend.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { ChangeByDevice, Hardware, SettingsInForce } from "../hardware.ts";
import { delay } from "../poll.ts";
import type { ReportChanges } from "../settings/settings.ts";
import type { Behaviour, BehaviourFactory, SimulatedPhone } from "./behaviour.ts";
import type { SimulatedEnvironment } from "./environment.ts";
import { createHandset } from "./handset.ts";
import type { SimulatedFirmware } from "./simulated-files.ts";

export interface SimulatedHardwareParts extends Omit<SimulatedPhone, "report" | "change" | "handset"> {
  readonly change: ChangeByDevice;
  readonly firmware: Pick<SimulatedFirmware, "load" | "bootsNeeded">;
  /** How long one boot takes, and up to how much longer, at random. */
  readonly rebootMs: number;
  readonly rebootSpreadMs: number;
}

/** A phone composed of behaviours, which can be turned off and on. */
export function createSimulatedHardware(
  parts: SimulatedHardwareParts,
  behaviours: readonly BehaviourFactory[],
): Hardware {
  return new SimulatedHardware(parts, behaviours);
}

class SimulatedHardware implements Hardware, SimulatedPhone {
  readonly #parts: SimulatedHardwareParts;
  readonly #behaviours: readonly Behaviour[];
  readonly handset = createHandset();
  #listener: ReportChanges | null = null;
  #isOn = false;
  #isStopped = false;
  #rebooting: AbortController | null = null;

  constructor(parts: SimulatedHardwareParts, behaviours: readonly BehaviourFactory[]) {
    this.#parts = parts;
    this.#behaviours = behaviours.map((create) => create(this));
    parts.environment.onLink(() => {
      if (this.#isOn) for (const behaviour of this.#behaviours) behaviour.linkChanged?.();
    });
  }

  get calls(): PhoneCalls {
    return this.handset;
  }

  get clock(): Clock {
    return this.#parts.clock;
  }

  get scheduler(): Scheduler {
    return this.#parts.scheduler;
  }

  get random(): Random {
    return this.#parts.random;
  }

  get setting(): SettingsInForce {
    return this.#parts.setting;
  }

  get environment(): SimulatedEnvironment {
    return this.#parts.environment;
  }

  get log(): SimulatedPhone["log"] {
    return this.#parts.log;
  }

  report(changes: readonly BackendChange[]): void {
    this.#listener?.(changes);
  }

  change(values: ReadonlyMap<BackendKey, string>): void {
    this.#parts
      .change(values)
      .catch((error) => this.log.warn({}, `the simulated phone cannot be set: ${messageOf(error)}`));
  }

  supports(key: BackendKey): boolean {
    return this.#behaviours.some((behaviour) => behaviour.supports(key));
  }

  async start(report: ReportChanges): Promise<void> {
    await this.#parts.firmware.load();
    this.#isStopped = false;
    // Values at the phone's start do not count as changes.
    this.powerOn();
    this.#listener = report;
    for (const behaviour of this.#behaviours) behaviour.begin?.();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#listener = null;
    for (const behaviour of this.#behaviours) behaviour.end?.();
    this.#powerOff();
    this.#rebooting?.abort();
  }

  read(key: BackendKey): string | undefined {
    return this.#behaviours.find((behaviour) => behaviour.supports(key))?.read(key);
  }

  settingsChanged(keys: readonly BackendKey[]): void {
    if (this.#isOn) for (const behaviour of this.#behaviours) behaviour.settingsChanged(keys);
  }

  async act(key: BackendKey): Promise<void> {
    if (this.#isOn) for (const behaviour of this.#behaviours) behaviour.act(key);
  }

  async shutDown(): Promise<void> {
    this.#powerOff();
    // A stop must not wait for the phone's start.
    const rebooting = new AbortController();
    this.#rebooting = rebooting;
    await delay(this.scheduler, this.#rebootMs(), "reboot of the simulated phone", rebooting.signal);
    this.#rebooting = null;
  }

  powerOn(): void {
    if (this.#isStopped) return;
    this.#isOn = true;
    this.environment.powerOn();
    for (const behaviour of this.#behaviours) behaviour.powerOn();
  }

  #rebootMs(): number {
    const { environment, firmware, rebootMs, rebootSpreadMs, random } = this.#parts;
    const bootMs = rebootSpreadMs === 0 ? rebootMs : rebootMs + random.between(0, rebootSpreadMs);
    return environment.offMs() + firmware.bootsNeeded() * bootMs;
  }

  #powerOff(): void {
    this.#isOn = false;
    for (const behaviour of this.#behaviours) behaviour.powerOff();
  }
}
