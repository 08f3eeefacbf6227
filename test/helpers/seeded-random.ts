import type { Random } from "../../src/ports/random.ts";
import { createSeededRandom } from "../../src/system/seeded-random.ts";

/** Randomness that is the same in every run of a test. */
export function seededRandom(seed: string | number = "test"): Random {
  return createSeededRandom(seed);
}
