import type { BackendKey } from "../../ports/backend.ts";
import type { Timer } from "../../ports/clock.ts";
import type { Behaviour, BehaviourFactory, SimulatedPhone } from "./behaviour.ts";

/** One line of the script of a user (docs/simulated-phone.md). */
export interface UserStep {
  /** After the start of the phone. */
  readonly atMs: number;
  /** The time between repetitions. */
  readonly everyMs: number;
  /** How often in all; null: for ever. */
  readonly times: number | null;
  readonly action: UserAction;
}

export type UserAction =
  | { readonly kind: "set"; readonly settings: ReadonlyMap<BackendKey, string> }
  /** The volume keys; the phone knows where the range ends. */
  | { readonly kind: "volume"; readonly by: number; readonly key: BackendKey; readonly loudest: number }
  /** The network cable is drawn for that time. */
  | { readonly kind: "linkLoss"; readonly forMs: number }
  | { readonly kind: "powerCut"; readonly forMs: number };

/**
 * A person beside the phone, who goes on through restarts. While the phone is off its keys do nothing; the cable can be
 * drawn all the same.
 */
export function userBehaviour(script: readonly UserStep[]): BehaviourFactory {
  return (phone) => new User(phone, script);
}

class User implements Behaviour {
  readonly #phone: SimulatedPhone;
  readonly #script: readonly UserStep[];
  readonly #timers = new Map<UserStep | "cable", Timer>();
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

  begin(): void {
    for (const step of this.#script) this.#plan(step, step.atMs, 1);
  }

  end(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #plan(step: UserStep, delayMs: number, time: number): void {
    const run = (): void => {
      this.#timers.delete(step);
      if (step.times === null || time < step.times) this.#plan(step, step.everyMs, time + 1);
      this.#act(step.action);
    };
    this.#timers.set(step, this.#phone.scheduler.after(delayMs, "user of the simulated phone", run));
  }

  #act(action: UserAction): void {
    if (action.kind === "linkLoss") this.#drawCable(action.forMs);
    else if (!this.#isOn) return;
    else if (action.kind === "powerCut") this.#phone.surroundings.cutPower(action.forMs);
    else if (action.kind === "set") this.#phone.change(action.settings);
    else this.#turnVolume(action);
  }

  #drawCable(forMs: number): void {
    const { surroundings, scheduler } = this.#phone;
    this.#timers.get("cable")?.cancel();
    surroundings.setCable(false);
    const back = (): void => {
      this.#timers.delete("cable");
      surroundings.setCable(true);
    };
    this.#timers.set("cable", scheduler.after(forMs, "network cable of the simulated phone", back));
  }

  #turnVolume({ by, key, loudest }: UserAction & { readonly kind: "volume" }): void {
    const now = Number(this.#phone.setting(key) ?? "0");
    const volume = Math.min(Math.max((Number.isInteger(now) ? now : 0) + by, 0), loudest);
    this.#phone.change(new Map([[key, String(volume)]]));
  }
}
