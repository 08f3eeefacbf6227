import type { AcsPool } from "../acs/acs-pool.ts";
import type { BackendName } from "../phone/settings.ts";

/** One way to disturb the phone. */
export interface Part {
  readonly name: string;
  /** The planned trials, the most valuable first. May run the phone to determine them. */
  trials(plan: PartPlan): readonly PlannedTrial[] | Promise<readonly PlannedTrial[]>;
}

export interface PartPlan {
  readonly context: PartContext;
  readonly backends: readonly BackendName[];
  /** Disturbances that are wanted; a part may have fewer. Infinity: all that there are. */
  readonly count: number;
  /** The beginning of the ids that are wanted, without the part's name; empty: all. */
  readonly only: string;
}

export interface PartContext {
  /** The built product's entry, `dist/cli/main.js`. */
  readonly main: string;
  /** Trials make their folders here. */
  readonly scratch: string;
  readonly seed: string;
  readonly servers: AcsPool;
  /** The layer below the product's file calls, compiled; null where there is no C compiler. */
  readonly shim: string | null;
}

export interface PlannedTrial {
  /** Stable: with the seed it gives the same trial again. Its parts are separated by colons. */
  readonly id: string;
  readonly run: (context: PartContext) => Promise<TrialResult>;
}

export interface TrialResult {
  /** Kills, faults, images: what the trial consists of. */
  readonly inputs: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly string[];
  /** Kept when there are findings. */
  readonly folder: string;
}
