import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";

/**
 * Nonces that need no memory: each carries the time of its issue, a salt and a seal that only this process can make. A flood
 * of unauthenticated requests thus leaves nothing behind. A nonce is good for one token, and not beyond a restart. Time and salt are
 * one encrypted block: a nonce tells nobody else when it was issued, nor anything of other ones.
 */
export interface Nonces {
  issue(token: string): string;
  /** When the nonce was issued, on the monotonic clock; null for one that is not ours. */
  issuedMs(token: string, nonce: string): number | null;
}

const TIME_BYTES = 6;
const SALT_BYTES = 10;
const SEAL_BYTES = 16;
/** One block of AES. */
const HEAD_BYTES = TIME_BYTES + SALT_BYTES;

/** @param random its bytes must be unpredictable: the keys come from it. */
export function createNonces(clock: Clock, random: Random): Nonces {
  const [key, blockKey] = [random.bytes(32), random.bytes(32)];
  const encrypted = (block: Buffer): Buffer =>
    createCipheriv("aes-256-ecb", blockKey, null).setAutoPadding(false).update(block);
  const decrypted = (block: Buffer): Buffer =>
    createDecipheriv("aes-256-ecb", blockKey, null).setAutoPadding(false).update(block);
  const seal = (token: string, head: Buffer): Buffer =>
    createHmac("sha256", key).update(head).update(token, "utf8").digest().subarray(0, SEAL_BYTES);
  return {
    issue(token) {
      const block = Buffer.alloc(HEAD_BYTES);
      block.writeUIntBE(Math.floor(clock.monotonic()), 0, TIME_BYTES);
      block.set(random.bytes(SALT_BYTES), TIME_BYTES);
      const head = encrypted(block);
      return Buffer.concat([head, seal(token, head)]).toString("base64url");
    },
    issuedMs(token, nonce) {
      const bytes = Buffer.from(nonce, "base64url");
      // Decoding skips what is not base64url: without the way back one nonce would have many spellings.
      if (bytes.length !== HEAD_BYTES + SEAL_BYTES || bytes.toString("base64url") !== nonce) return null;
      const head = bytes.subarray(0, HEAD_BYTES);
      if (!timingSafeEqual(seal(token, head), bytes.subarray(HEAD_BYTES))) return null;
      return decrypted(head).readUIntBE(0, TIME_BYTES);
    },
  };
}
