import { MASK } from "../../cwmp/mask.ts";
import type { BackendKey } from "../../ports/backend.ts";

/** A shorter one would mask parts of ordinary words. */
const SHORTEST = 3;
/** Bounds the memory: the oldest passwords are forgotten. */
const MAX_SECRETS = 200;

/** Masks the phone's secrets in texts for people, as far as they have passed through this thread. */
export interface Secrets {
  learn(values: Iterable<readonly [BackendKey, string | undefined]>): void;
  mask(text: string): string;
}

/** @param keys the settings whose values are secret */
export function createSecrets(keys: ReadonlySet<BackendKey>): Secrets {
  const known = new Set<string>();
  return {
    learn(values) {
      for (const [key, value] of values) {
        if (value === undefined || value.length < SHORTEST || !keys.has(key)) continue;
        known.delete(value);
        known.add(value);
        const [oldest] = known;
        if (known.size > MAX_SECRETS && oldest !== undefined) known.delete(oldest);
      }
    },
    mask: (text) => [...known].reduce((masked, secret) => masked.replaceAll(secret, MASK), text),
  };
}
