import type { BackendKey } from "../../ports/backend.ts";
import type { Timer } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { BehaviourFactory } from "./behaviour.ts";

/** A setting that may change by itself, with the texts that it may have. Shared by all phones of a kind. */
export interface DriftCandidate {
  readonly keys: readonly BackendKey[];
  /** One text for each key. */
  pick(random: Random): readonly string[];
}

export interface Drift {
  readonly candidates: readonly DriftCandidate[];
  /** The mean time between two changes; each wait is from half of it to one and a half. */
  readonly meanMs: number;
  /** Its own, so that what else the phone does cannot shift it. */
  readonly random: Random;
}

/** Settings that change now and then without anybody's order, within what the data model allows. */
export function driftBehaviour({ candidates, meanMs, random }: Drift): BehaviourFactory {
  return ({ scheduler, change }) => {
    let timer: Timer | null = null;
    function wait(): void {
      if (candidates.length > 0) timer = scheduler.after(random.between(0.5, 1.5) * meanMs, "drift", drift);
    }
    function drift(): void {
      const candidate = candidates[Math.floor(random.between(0, candidates.length))];
      const texts = candidate?.pick(random) ?? [];
      change(new Map((candidate?.keys ?? []).map((key, index) => [key, texts[index] ?? ""])));
      wait();
    }
    return {
      supports: () => false,
      read: () => undefined,
      settingsChanged: () => {},
      act: () => {},
      powerOn: wait,
      powerOff: () => timer?.cancel(),
    };
  };
}
