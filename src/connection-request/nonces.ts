import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";

/**
 * Nonces that need no memory: each carries the time of its issue, a salt and a seal that only this process can make. A flood
 * of unauthenticated requests thus leaves nothing behind. A nonce is good for one token, and not beyond a restart.
 */
export interface Nonces {
  issue(token: string): string;
  /** When the nonce was issued, on the monotonic clock; null for one that is not ours. */
  issuedMs(token: string, nonce: string): number | null;
}

const TIME_BYTES = 6;
const SALT_BYTES = 10;
const SEAL_BYTES = 16;
const HEAD_BYTES = TIME_BYTES + SALT_BYTES;

/** @param random its bytes must be unpredictable: the seal's key comes from it. */
export function createNonces(clock: Clock, random: Random): Nonces {
  const key = random.bytes(32);
  const seal = (token: string, head: Buffer): Buffer =>
    createHmac("sha256", key).update(head).update(token, "utf8").digest().subarray(0, SEAL_BYTES);
  return {
    issue(token) {
      const head = Buffer.alloc(HEAD_BYTES);
      head.writeUIntBE(Math.floor(clock.monotonic()), 0, TIME_BYTES);
      head.set(random.bytes(SALT_BYTES), TIME_BYTES);
      return Buffer.concat([head, seal(token, head)]).toString("base64url");
    },
    issuedMs(token, nonce) {
      const bytes = Buffer.from(nonce, "base64url");
      // Decoding skips what is not base64url: without the way back one nonce would have many spellings.
      if (bytes.length !== HEAD_BYTES + SEAL_BYTES || bytes.toString("base64url") !== nonce) return null;
      const head = bytes.subarray(0, HEAD_BYTES);
      if (!timingSafeEqual(seal(token, head), bytes.subarray(HEAD_BYTES))) return null;
      return head.readUIntBE(0, TIME_BYTES);
    },
  };
}
