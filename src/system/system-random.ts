import { randomBytes } from "node:crypto";
import type { Random } from "../ports/random.ts";

/** Randomness of this host; its bytes cannot be guessed. */
export function createSystemRandom(): Random {
  return {
    between(low, high) {
      const value = low + Math.random() * (high - low);
      // Rounding may reach `high`, which is not part of the range.
      return value < high ? value : low;
    },
    bytes: (length) => new Uint8Array(randomBytes(length)),
  };
}
