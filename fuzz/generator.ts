import type { Random } from "../src/ports/random.ts";
import type { Target } from "./target.ts";

const MAX_PARTS = 40;
/** Now and then an input is as long as this many copies of a part. */
const MANY = 3000;

/** Hostile input without end: damaged seeds, pieces put together by chance, noise. */
export function* hostileInputs({ seeds, words }: Target, random: Random): Generator<Buffer> {
  const below = (high: number): number => Math.floor(random.between(0, high));
  const seed = (): Buffer => seeds[below(seeds.length)] ?? Buffer.alloc(0);
  const word = (): Buffer => Buffer.from(words[below(words.length)] ?? "", "latin1");
  for (;;) {
    switch (below(8)) {
      case 0:
        yield Buffer.from(random.bytes(below(300)));
        break;
      case 1:
        yield Buffer.concat(Array.from({ length: below(MAX_PARTS) }, word));
        break;
      case 2:
        yield seed().subarray(0, below(seed().length + 1));
        break;
      case 3:
        yield damaged(seed(), 1 + below(8), below);
        break;
      case 4:
        yield spliced(seed(), seed(), below);
        break;
      case 5:
        yield repeated(seed(), below);
        break;
      default:
        yield withWords(seed(), 1 + below(4), word, below);
    }
  }
}

function damaged(seed: Buffer, times: number, below: (high: number) => number): Buffer {
  const bytes = Buffer.from(seed);
  for (let left = times; left > 0 && bytes.length > 0; left--) bytes[below(bytes.length)] = below(256);
  return bytes;
}

function spliced(one: Buffer, other: Buffer, below: (high: number) => number): Buffer {
  return Buffer.concat([one.subarray(0, below(one.length + 1)), other.subarray(below(other.length + 1))]);
}

/** A part of it, many times: nesting, long names, long lists. */
function repeated(seed: Buffer, below: (high: number) => number): Buffer {
  const from = below(seed.length + 1);
  const part = seed.subarray(from, from + 1 + below(30));
  const copies = below(20) === 0 ? below(MANY) : below(20);
  const all = Buffer.concat(Array.from({ length: copies }, () => part));
  return Buffer.concat([seed.subarray(0, from), all, seed.subarray(from)]);
}

function withWords(seed: Buffer, times: number, word: () => Buffer, below: (high: number) => number): Buffer {
  let bytes = seed;
  for (let left = times; left > 0; left--) {
    const at = below(bytes.length + 1);
    const rest = bytes.subarray(at + (below(2) === 0 ? 0 : below(30)));
    bytes = Buffer.concat([bytes.subarray(0, at), word(), rest]);
  }
  return bytes;
}
