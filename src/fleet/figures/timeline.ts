import type { FleetCounts } from "./fleet-figures.ts";
import type { RecentLatency } from "./latency.ts";

/** The fleet at one moment. */
export interface FleetMoment extends FleetCounts {
  /** Milliseconds since the fleet was started. */
  readonly atMs: number;
  readonly phones: number;
  readonly open: number;
  /** Sessions that wait for their turn. */
  readonly waiting: number;
  /** Phones that may be started in a second, as things are now. */
  readonly rate: number;
  /** Of requests since the moment before; null: there were none. */
  readonly latency: RecentLatency | null;
  readonly rssMiB: number;
}

/** Moments at equal distances, of a run of any length. */
export interface Timeline {
  add(moment: FleetMoment): void;
  readonly moments: readonly FleetMoment[];
}

const MAX_MOMENTS = 1200;

/** Where it gets full, every other moment goes, and only every other is taken from then on. */
export function createTimeline(most = MAX_MOMENTS): Timeline {
  let moments: FleetMoment[] = [];
  let every = 1;
  let seen = 0;
  return {
    add(moment) {
      if (seen++ % every !== 0) return;
      moments.push(moment);
      if (moments.length < most) return;
      moments = moments.filter((_, at) => at % 2 === 0);
      every *= 2;
    },
    get moments() {
      return moments;
    },
  };
}
