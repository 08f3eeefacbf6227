import type { ShardOptions } from "./choose-shard.ts";

/** As commander gives them. */
export interface FleetCommandOptions extends ShardOptions {
  readonly count?: string;
  readonly acs?: string;
  readonly clone?: string;
  readonly rate?: string;
  readonly openSessions?: string;
  readonly duration?: string;
  readonly drain?: string;
  readonly seed?: string;
  readonly stateDir?: string;
  readonly threshold?: readonly string[];
  readonly iOwnThisAcs?: boolean;
  readonly workers?: number;
  /** It is one of these. */
  readonly worker?: boolean;
  readonly controlSocket?: string;
  readonly report?: string;
  readonly json?: boolean;
  readonly check?: boolean;
  readonly schema?: boolean;
}

/** Options of the command line that are options of fleet.yaml. They take precedence over the file. */
export const STATED = [
  ["acs", "--acs", "acs"],
  ["clone", "--clone", "clone"],
  ["rate", "--rate", "ramp.perSecond"],
  ["openSessions", "--open-sessions", "openSessions"],
  ["duration", "--duration", "durationSeconds"],
  ["drain", "--drain", "drainSeconds"],
  ["seed", "--seed", "seed"],
  ["stateDir", "--state-dir", "stateFolder"],
] as const;
