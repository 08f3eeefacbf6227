import { LISTED_STATES, type StateCounts } from "../../control/fleet/fleet-control.ts";

export function sumOfStates(all: readonly StateCounts[]): StateCounts {
  const sums = LISTED_STATES.map((state) => [state, all.reduce((sum, counts) => sum + counts[state], 0)]);
  return Object.fromEntries(sums) as StateCounts;
}

export const NO_STATES: StateCounts = sumOfStates([]);
