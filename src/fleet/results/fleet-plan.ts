import type { FleetConfig } from "../../config/fleet/load-fleet.ts";
import { parseThreshold, type Threshold } from "../../config/fleet/thresholds.ts";

/** The data that results of one run have in common. It contains no values of settings: they may be passwords. */
export interface FleetPlan {
  readonly groups: readonly PlannedGroup[];
  readonly thresholds: readonly string[];
  readonly scenarios: readonly string[];
  readonly misbehaviour: readonly string[];
}

export interface PlannedGroup {
  readonly name: string;
  readonly firstIndex: number;
  readonly count: number;
}

export function fleetPlan({ groups, thresholds, scenarios, misbehaviour }: FleetConfig): FleetPlan {
  return {
    groups: groups.map(({ name, firstIndex, count }) => ({ name, firstIndex, count })),
    thresholds: thresholds.map(({ text }) => text),
    scenarios: scenarios.map(({ set, ...scenario }) => textOf({ ...scenario, set: Object.keys(set).join(" ") })),
    misbehaviour: misbehaviour.map(textOf),
  };
}

/** Every threshold of a plan was read before, so that none is lost. */
export function thresholdsOf({ thresholds }: FleetPlan): readonly Threshold[] {
  return thresholds.flatMap((text) => parseThreshold(text) ?? []);
}

/** `kind rebootStorm, atSeconds 60`. */
function textOf(settings: Readonly<Record<string, unknown>>): string {
  return Object.entries(settings)
    .filter(([, value]) => value !== null && value !== "" && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(" ") : String(value)}`)
    .join(", ");
}
