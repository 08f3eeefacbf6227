import type { Random } from "../ports/random.ts";

/**
 * The same seed gives the same numbers on every machine: for fleets that can be run again, and for tests. Its bytes
 * are predictable from the seed.
 *
 * The generator is xoshiro128** (Blackman and Vigna, 2018), its state filled by splitmix32 from a hash of the seed.
 */
export function createSeededRandom(seed: string | number): Random {
  const next = xoshiro128(hash(String(seed)));
  return {
    between(low, high) {
      const value = low + fraction(next) * (high - low);
      return value < high ? value : low;
    },
    bytes: (length) => Uint8Array.from({ length }, () => next() >>> 24),
  };
}

/** 53 random bits as a number in [0, 1). */
function fraction(next: () => number): number {
  const high = next() >>> 5;
  const low = next() >>> 6;
  return (high * 2 ** 26 + low) / 2 ** 53;
}

/** FNV-1a over the UTF-16 code units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}

function splitmix32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}

function xoshiro128(seed: number): () => number {
  const fill = splitmix32(seed);
  let [a, b, c, d] = [fill(), fill(), fill(), fill()];
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
