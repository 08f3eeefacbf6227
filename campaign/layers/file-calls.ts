import { readFile } from "node:fs/promises";
import type { StartOptions } from "../phone/phone-process.ts";

/** One file call of the phone, as the layers write it down. */
export interface FileCall {
  /** Of the phone, or of one of its hooks. */
  readonly pid: number;
  /** From 1 for each process, in the order they were made. */
  readonly number: number;
  /** When it began: CLOCK_MONOTONIC in ns, as process.hrtime.bigint() has it. */
  readonly at: bigint;
  readonly name: string;
  /** As the call returned it; a negative errno where it failed. */
  readonly result: number;
  readonly descriptor: number;
  /** Absolute. */
  readonly path: string;
  /** The second path of a rename, the offset of a write (-1: where it stood), `create` or `truncate` of an open. */
  readonly other: string;
  readonly bytes: Buffer;
}

/** The effect of a layer on one call: see shim.c. */
export interface Fault {
  readonly at: number;
  /** An errno, `short`, `kill` (before the call) or `killed` (after it). */
  readonly kind: number | "short" | "kill" | "killed";
  /** 0: all further calls as well; -1: all further ones of the same sort. */
  readonly times: number;
}

export interface LayerOptions {
  readonly root: string;
  readonly fault?: Fault;
  /** Where the calls are written down. */
  readonly trace?: string;
  /** A file with the milliseconds that are added to the wall clock: see shim.c. */
  readonly clock?: string;
}

/** How to start a phone over the layer that LD_PRELOAD puts below it. */
export function overShim(
  shim: string,
  { root, fault, trace, clock }: LayerOptions,
): Required<Pick<StartOptions, "environment">> {
  return {
    environment: {
      LD_PRELOAD: shim,
      CAMPAIGN_ROOT: root,
      ...(fault === undefined ? {} : { CAMPAIGN_FAULT: `${fault.at} ${fault.kind} ${fault.times}` }),
      ...(trace === undefined ? {} : { CAMPAIGN_TRACE: trace }),
      ...(clock === undefined ? {} : { CAMPAIGN_CLOCK: clock }),
    },
  };
}

/** In the order in which they began. */
export async function readFileCalls(trace: string): Promise<readonly FileCall[]> {
  const lines = (await readFile(trace, "utf8")).split("\n");
  const calls = lines.filter(Boolean).map((line) => {
    const [pid, number, at, name = "", result, descriptor, path = "", other = "", bytes = ""] = line.split("\t");
    return {
      ...{ pid: Number(pid), number: Number(number), at: BigInt(at ?? "0"), name, result: Number(result) },
      ...{ descriptor: Number(descriptor), path, other, bytes: Buffer.from(bytes, "hex") },
    };
  });
  return calls.sort((one, other) => (one.at < other.at ? -1 : 1));
}
