import type { Random } from "../../src/ports/random.ts";

/** The same items in an order that the random numbers give. */
export function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  const left = [...items];
  return items.map(() => left.splice(Math.floor(random.between(0, left.length)), 1)[0] as T);
}
