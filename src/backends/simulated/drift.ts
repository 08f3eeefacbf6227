import type { BackendKey } from "../../ports/backend.ts";
import type { Timer } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { Behaviour, SimulatedPhone } from "./behaviour.ts";

/** A setting that may change at random, with the texts that it may have. Shared by all phones of a kind. */
export interface DriftCandidate {
  readonly keys: readonly BackendKey[];
  /** One text for each key. */
  pick(random: Random): readonly string[];
}

export interface Drift {
  readonly candidates: readonly DriftCandidate[];
  /** The mean time between two changes; each wait is from half of it to one and a half. */
  readonly meanMs: number;
  /** Its own random source, so that other behaviour of the phone does not affect it. */
  readonly random: Random;
}

/** Settings that change spontaneously, within what the data model allows. */
export class DriftBehaviour implements Behaviour {
  readonly #phone: SimulatedPhone;
  readonly #drift: Drift;
  #timer: Timer | null = null;

  constructor(phone: SimulatedPhone, drift: Drift) {
    this.#phone = phone;
    this.#drift = drift;
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
    const { candidates, meanMs, random } = this.#drift;
    if (candidates.length === 0) return;
    this.#timer = this.#phone.scheduler.after(random.between(0.5, 1.5) * meanMs, "drift", () => this.#change());
  }

  powerOff(): void {
    this.#timer?.cancel();
  }

  #change(): void {
    const { candidates, random } = this.#drift;
    const candidate = candidates[Math.floor(random.between(0, candidates.length))];
    const texts = candidate?.pick(random) ?? [];
    this.#phone.change(new Map((candidate?.keys ?? []).map((key, index) => [key, texts[index] ?? ""])));
    this.powerOn();
  }
}
