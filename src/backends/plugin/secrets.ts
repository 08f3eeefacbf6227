import { MASK } from "../../cwmp/mask.ts";
import type { BackendKey } from "../../ports/backend.ts";

/** A shorter one would make holes in every sentence. */
const SHORTEST = 3;
/** Old passwords are forgotten one day. */
const MOST = 200;

/** Takes out of texts for people what is a secret of the phone, as far as it has gone through our hands. */
export interface Secrets {
  learn(values: Iterable<readonly [BackendKey, string | undefined]>): void;
  mask(text: string): string;
}

/** @param keys the settings whose values nobody is to see */
export function createSecrets(keys: ReadonlySet<BackendKey>): Secrets {
  const known = new Set<string>();
  return {
    learn(values) {
      for (const [key, value] of values) {
        if (value === undefined || value.length < SHORTEST || !keys.has(key)) continue;
        known.delete(value);
        known.add(value);
        const [oldest] = known;
        if (known.size > MOST && oldest !== undefined) known.delete(oldest);
      }
    },
    mask: (text) => [...known].reduce((masked, secret) => masked.replaceAll(secret, MASK), text),
  };
}
