import { createHmac } from "node:crypto";
import type { Random } from "../ports/random.ts";
import { constantTimeEqual } from "../system/http-digest.ts";

/** Marks that only this process can make; they end with it. */
export interface Signer {
  /** Lower-case hexadecimal. */
  sign(purpose: string, text: string): string;
  /** In constant time. */
  verify(purpose: string, text: string, signature: string): boolean;
}

export function createSigner(random: Random): Signer {
  const key = random.bytes(32);
  const sign = (purpose: string, text: string): string =>
    createHmac("sha256", key)
      .update(JSON.stringify([purpose, text]))
      .digest("hex");
  return { sign, verify: (purpose, text, signature) => constantTimeEqual(sign(purpose, text), signature) };
}
