import { randomFillSync } from "node:crypto";
import type { Random } from "../ports/random.ts";

/** Bytes read from the host at a time: each read costs as much as a SIP message. */
const POOL_BYTES = 4_096;

/** Randomness of this host; its bytes cannot be guessed, and none is handed out twice. */
export function createSystemRandom(): Random {
  const pool = new Uint8Array(POOL_BYTES);
  let at = POOL_BYTES;
  return {
    between(low, high) {
      const value = low + Math.random() * (high - low);
      // Rounding may reach `high`, which is not part of the range.
      return value < high ? value : low;
    },
    bytes(length) {
      if (length > POOL_BYTES) return randomFillSync(new Uint8Array(length));
      if (at + length > POOL_BYTES) {
        randomFillSync(pool);
        at = 0;
      }
      const bytes = pool.slice(at, at + length);
      // Returned bytes are erased here.
      pool.fill(0, at, at + length);
      at += length;
      return bytes;
    },
  };
}
