import type { Random } from "../../ports/random.ts";

/** The first wait after a failure, doubled with each one more (RFC 5626 4.5). */
const FIRST_RETRY_MS = 30_000;
const MAX_RETRY_MS = 1_800_000;
/** A registrar cannot ask for a longer wait than this. */
const MAX_RETRY_AFTER_S = 86_400;

/** When a registration is asked for again, before it ends: from three quarters of its time to nine tenths. */
export function refreshMs(expiresSeconds: number, random: Random): number {
  return expiresSeconds * 1_000 * random.between(0.75, 0.9);
}

/**
 * How long to wait after so many failures in a row, counted from 1. Spread over a whole wait, so that the phones which one outage
 * has cut off do not come back together.
 *
 * @param retryAfterSeconds what the registrar asks for: never less than that. Null: nothing.
 */
export function retryMs(failures: number, retryAfterSeconds: number | null, random: Random): number {
  const wait = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 20)) * random.between(0.5, 1.5);
  if (retryAfterSeconds === null) return wait;
  const asked = Math.min(retryAfterSeconds, MAX_RETRY_AFTER_S) * 1_000;
  return asked + random.between(0, Math.max(FIRST_RETRY_MS, asked / 2));
}

/** How soon a phone registers again after the registrar has closed its connection. */
export function reconnectMs(random: Random): number {
  return random.between(500, FIRST_RETRY_MS);
}

/** A NAT is reminded in time, and not by all phones at once. */
export function keepAliveMs(seconds: number, random: Random): number {
  return seconds * 1_000 * random.between(0.8, 1);
}
