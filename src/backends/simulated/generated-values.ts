import type { BackendKey } from "../../ports/backend.ts";
import type { Random } from "../../ports/random.ts";
import { createSeededRandom } from "../../system/seeded-random.ts";
import type { Behaviour, SimulatedPhone } from "./behaviour.ts";

/** How a value comes about that changes by itself. Values are texts as they are on the wire. */
export type Generator =
  /** Seconds since the phone came up last. */
  | { readonly generator: "uptime" }
  | CounterGenerator
  /** One of these, another draw each time. */
  | { readonly generator: "choice"; readonly of: readonly string[]; readonly everySeconds: number }
  | WalkGenerator;

/** From `from` upwards; after `high` it goes on at `low`, as counters of devices do. */
export interface CounterGenerator {
  readonly generator: "counter";
  readonly from: bigint;
  readonly step: bigint;
  readonly everySeconds: number;
  /** When it was `from`, in milliseconds since 1970; null: whenever the phone comes up. */
  readonly sinceMs: number | null;
  readonly low: bigint;
  readonly high: bigint;
}

/** Each time up or down by at most `step`, in multiples of `unit`, and never beyond `min` and `max`. */
export interface WalkGenerator {
  readonly generator: "walk";
  readonly from: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly unit: number;
  readonly everySeconds: number;
}

/** What a walk has come to: its steps cannot be leapt over. */
interface Walk {
  steps: number;
  value: number;
  readonly random: Random;
}

/**
 * Values that change by themselves, worked out when they are read: from the time, and from the seed where they are drawn. The same
 * seed gives the same values at the same times. No timer, and nothing to remember but how far walks have come.
 *
 * A restart of the phone begins uptimes and counters anew, as it does at devices, unless a counter says since when it counts. What is
 * drawn goes on: the weather knows no reboot.
 */
export class GeneratedValuesBehaviour implements Behaviour {
  readonly #phone: Pick<SimulatedPhone, "clock">;
  readonly #generators: ReadonlyMap<BackendKey, Generator>;
  readonly #seed: string;
  readonly #beganMs: number;
  /** The wall clock then: that somebody sets it later does not turn a counter back. */
  readonly #beganAt: number;
  #upSinceMs: number;
  #walks: Map<BackendKey, Walk> | null = null;

  /** @param seed one of the phone's own: phones with the same seed have the same values */
  constructor(phone: Pick<SimulatedPhone, "clock">, generators: ReadonlyMap<BackendKey, Generator>, seed: string) {
    this.#phone = phone;
    this.#generators = generators;
    this.#seed = seed;
    this.#beganMs = phone.clock.monotonic();
    this.#beganAt = phone.clock.now();
    this.#upSinceMs = this.#beganMs;
  }

  supports(key: BackendKey): boolean {
    return this.#generators.has(key);
  }

  read(key: BackendKey): string | undefined {
    const generator = this.#generators.get(key);
    if (generator === undefined) return undefined;
    if (generator.generator === "uptime") return String(steps(this.#sinceMs(this.#upSinceMs), 1));
    if (generator.generator === "counter") return String(this.#count(generator));
    const passed = steps(this.#sinceMs(this.#beganMs), generator.everySeconds);
    if (generator.generator === "walk") return String(this.#walk(key, generator, passed));
    const draw = createSeededRandom(`${this.#seed} ${key} ${passed}`).between(0, generator.of.length);
    return generator.of[Math.floor(draw)];
  }

  settingsChanged(): void {}

  act(): void {}

  powerOn(): void {
    this.#upSinceMs = this.#phone.clock.monotonic();
  }

  powerOff(): void {}

  #sinceMs(monotonicMs: number): number {
    return this.#phone.clock.monotonic() - monotonicMs;
  }

  #count({ from, step, everySeconds, sinceMs, low, high }: CounterGenerator): bigint {
    const passedMs =
      sinceMs === null ? this.#sinceMs(this.#upSinceMs) : this.#beganAt - sinceMs + this.#sinceMs(this.#beganMs);
    const count = from + step * BigInt(Math.max(steps(passedMs, everySeconds), 0));
    return count <= high ? count : low + ((count - low) % (high - low + 1n));
  }

  #walk(key: BackendKey, { from, min, max, step, unit }: WalkGenerator, passed: number): number {
    this.#walks ??= new Map();
    const known = this.#walks.get(key);
    const walk = known ?? { steps: 0, value: from, random: createSeededRandom(`${this.#seed} ${key}`) };
    if (known === undefined) this.#walks.set(key, walk);
    const reach = Math.floor(step / unit);
    for (; walk.steps < passed; walk.steps++) {
      const moved = walk.value + unit * (Math.floor(walk.random.between(0, 2 * reach + 1)) - reach);
      walk.value = Math.min(Math.max(moved, min), max);
    }
    return walk.value;
  }
}

function steps(passedMs: number, everySeconds: number): number {
  return Math.floor(passedMs / (everySeconds * 1000));
}
