import { messageOf } from "../../cwmp/errors.ts";
import type { BackendKey } from "../../ports/backend.ts";
import type { Timer } from "../../ports/clock.ts";
import type { Behaviour, SimulatedPhone } from "./behaviour.ts";

/** One line of the script of a user (docs/simulated-phone.md). */
export interface UserStep {
  /** After the start of the phone. */
  readonly atMs: number;
  /** The time between repetitions. */
  readonly everyMs: number;
  /** How often in total; null: indefinitely. */
  readonly times: number | null;
  readonly action: UserAction;
}

export type UserAction =
  | { readonly kind: "set"; readonly settings: ReadonlyMap<BackendKey, string> }
  /** The volume keys; the phone limits the range. */
  | { readonly kind: "volume"; readonly by: number; readonly key: BackendKey; readonly loudest: number }
  /** The network cable is unplugged for that time. */
  | { readonly kind: "linkLoss"; readonly forMs: number }
  | { readonly kind: "powerCut"; readonly forMs: number }
  | { readonly kind: "call"; readonly account: number; readonly number: string }
  | { readonly kind: "hangUp" };

/**
 * The user of the phone, who continues over restarts. While the phone is off its keys do nothing, but the cable can
 * still be unplugged.
 */
export class UserBehaviour implements Behaviour {
  readonly #phone: SimulatedPhone;
  readonly #script: readonly UserStep[];
  /** How often each step has been done, or would have been. */
  readonly #done = new Map<UserStep, number>();
  readonly #timers = new Map<UserStep | "cable", Timer>();
  #startedMs: number | null = null;
  /** When the cable goes in again; null: it is in. */
  #cableBackMs: number | null = null;
  #isOn = false;

  constructor(phone: SimulatedPhone, script: readonly UserStep[]) {
    this.#phone = phone;
    this.#script = script;
  }

  supports(): boolean {
    return false;
  }

  read(): undefined {
    return undefined;
  }

  settingsChanged(): void {}

  act(): void {}

  powerOn(): void {
    this.#isOn = true;
  }

  powerOff(): void {
    this.#isOn = false;
  }

  /** Starts, or continues after a restart of the agent with the steps that are due later. */
  begin(): void {
    const now = this.#phone.clock.monotonic();
    this.#startedMs ??= now;
    for (const step of this.#script) {
      while (this.#dueMs(step) < now) this.#count(step);
      this.#plan(step);
    }
    if (this.#cableBackMs !== null) this.#awaitCable(this.#cableBackMs);
  }

  end(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  /** When the step is done next, on the monotonic clock; Infinity: never again. */
  #dueMs(step: UserStep): number {
    const done = this.#done.get(step) ?? 0;
    if (step.times !== null && done >= step.times) return Number.POSITIVE_INFINITY;
    return (this.#startedMs ?? 0) + step.atMs + done * step.everyMs;
  }

  #count(step: UserStep): void {
    this.#done.set(step, (this.#done.get(step) ?? 0) + 1);
  }

  #plan(step: UserStep): void {
    const dueMs = this.#dueMs(step);
    if (dueMs === Number.POSITIVE_INFINITY) return;
    const run = (): void => {
      this.#timers.delete(step);
      this.#count(step);
      this.#plan(step);
      this.#act(step.action);
    };
    this.#timers.set(step, this.#after(dueMs, "user of the simulated phone", run));
  }

  #act(action: UserAction): void {
    if (action.kind !== "linkLoss" && !this.#isOn) return;
    const description = describe(action);
    this.#phone.log.info(description.facts, `The user ${description.does}`);
    if (action.kind === "linkLoss") this.#drawCable(action.forMs);
    else if (action.kind === "powerCut") this.#phone.environment.cutPower(action.forMs);
    else if (action.kind === "set") this.#phone.change(action.settings);
    else if (action.kind === "call" || action.kind === "hangUp") this.#useHandset(action);
    else this.#turnVolume(action);
  }

  #drawCable(forMs: number): void {
    this.#phone.environment.setCable(false);
    this.#awaitCable(this.#phone.clock.monotonic() + forMs);
  }

  #awaitCable(backMs: number): void {
    this.#cableBackMs = backMs;
    this.#timers.get("cable")?.cancel();
    const back = (): void => {
      this.#timers.delete("cable");
      this.#cableBackMs = null;
      this.#phone.log.info({}, "The user plugs the network cable in again");
      this.#phone.environment.setCable(true);
    };
    this.#timers.set("cable", this.#after(backMs, "network cable of the simulated phone", back));
  }

  #useHandset(action: UserAction & { readonly kind: "call" | "hangUp" }): void {
    const { handset, log } = this.#phone;
    const done =
      action.kind === "call"
        ? handset.dial(action.account, action.number)
        : Promise.resolve().then(() => handset.hangUp());
    done.catch((error: unknown) => log.warn({}, `the simulated phone cannot call: ${messageOf(error)}`));
  }

  #turnVolume({ by, key, loudest }: UserAction & { readonly kind: "volume" }): void {
    const now = Number(this.#phone.setting(key) ?? "0");
    const volume = Math.min(Math.max((Number.isInteger(now) ? now : 0) + by, 0), loudest);
    this.#phone.change(new Map([[key, String(volume)]]));
  }

  #after(dueMs: number, name: string, run: () => void): Timer {
    const { scheduler, clock } = this.#phone;
    return scheduler.after(Math.max(dueMs - clock.monotonic(), 0), name, run);
  }
}

/** For the log: settings without their values, which may be passwords. */
function describe(action: UserAction): { readonly does: string; readonly facts: object } {
  switch (action.kind) {
    case "set":
      return { does: `changes settings: ${[...action.settings.keys()].join(", ")}`, facts: {} };
    case "volume":
      return {
        does: `turns the volume ${action.by < 0 ? "down" : "up"} by ${Math.abs(action.by)}`,
        facts: { key: action.key },
      };
    case "linkLoss":
      return { does: `unplugs the network cable for ${action.forMs / 1000} s`, facts: {} };
    case "call":
      return { does: `calls ${action.number}`, facts: { account: action.account } };
    case "hangUp":
      return { does: "hangs up", facts: {} };
    case "powerCut":
      return { does: `cuts the power for ${action.forMs / 1000} s`, facts: {} };
  }
}
