import type { BackendKey } from "../../ports/backend.ts";
import type { Random } from "../../ports/random.ts";
import { createSeededRandom } from "../../system/seeded-random.ts";
import type { Behaviour, SimulatedPhone } from "./behaviour.ts";

/** A generator of a value that changes by itself. Values are texts as on the wire. */
export type Generator =
  /** Seconds since the phone's last start. */
  | { readonly generator: "uptime" }
  | CounterGenerator
  /** One of these, drawn at random each time. */
  | { readonly generator: "choice"; readonly of: readonly string[]; readonly everySeconds: number }
  | WalkGenerator;

/** Counts from `from`; after `high` it continues at `low`, as counters of devices do. */
export interface CounterGenerator {
  readonly generator: "counter";
  readonly from: bigint;
  readonly step: bigint;
  readonly everySeconds: number;
  /** When it was `from`, in milliseconds since 1970; null: at each start of the phone. */
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

/** The state of a walk: it depends on all earlier steps. */
interface Walk {
  steps: number;
  value: number;
  readonly random: Random;
}

/**
 * Values that change by themselves, computed on each read from the time and, if random, from the seed. The same seed
 * gives the same values at the same times. No timer, and no state except that of walks.
 *
 * As at real devices a restart resets uptimes and counters, unless a counter has a fixed start. Random values
 * continue.
 */
export class GeneratedValuesBehaviour implements Behaviour {
  readonly #phone: Pick<SimulatedPhone, "clock">;
  readonly #generators: ReadonlyMap<BackendKey, Generator>;
  readonly #seed: string;
  readonly #beganMs: number;
  /** The wall clock at that time: setting the clock later does not turn a counter back. */
  readonly #beganAt: number;
  #upSinceMs: number;
  #walks: Map<BackendKey, Walk> | null = null;

  /** @param seed the phone's own: phones with the same seed have the same values */
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
