import type { FleetConfig } from "../../config/fleet/load-fleet.ts";
import type {
  CountsOfPhones,
  FleetOverview,
  GroupOverview,
  ScenarioOverview,
  StateCounts,
} from "../../control/fleet/fleet-control.ts";
import { distribution } from "../control/fleet-overview.ts";
import { NO_STATES, sumOfStates } from "../control/state-counts.ts";
import { sumLatency, sumTally } from "../results/merge-results.ts";
import { sizeInShard } from "../shards/shard.ts";
import type { WorkerFigures } from "./serve-parent.ts";
import type { WorkerPart } from "./worker-part.ts";

/**
 * The sum of the workers' overviews, with the number of phones of workers that did not answer. The elapsed time is the longest.
 *
 * @param all of the workers that answered
 * @param down the other workers
 */
export function mergedOverview(
  all: readonly [WorkerFigures, ...WorkerFigures[]],
  down: readonly WorkerPart[],
  groups: FleetConfig["groups"],
): FleetOverview {
  const overviews = all.map(({ overview }) => overview);
  const [{ overview: first }] = all;
  const sum = (figure: (overview: FleetOverview) => number): number => tenths(total(overviews, figure));
  const merged = groups.map((group) => mergedGroup(group, overviews, down));
  return {
    version: first.version,
    elapsedMs: Math.max(...overviews.map(({ elapsedMs }) => elapsedMs)),
    phones: total(merged, ({ phones }) => phones),
    states: sumOfStates(merged.map(({ states }) => states)),
    groups: merged,
    ...sumOfCounts(overviews),
    sessionsPerSecond: sum(({ sessionsPerSecond }) => sessionsPerSecond),
    rpcsPerSecond: sum(({ rpcsPerSecond }) => rpcsPerSecond),
    connectionRequests: sum(({ connectionRequests }) => connectionRequests),
    openSessions: sum(({ openSessions }) => openSessions),
    waitingSessions: sum(({ waitingSessions }) => waitingSessions),
    requestLatency: distribution(sumLatency(all.map(({ requests }) => requests))),
    sessionDuration: distribution(sumLatency(all.map(({ sessions }) => sessions))),
    scenarios: first.scenarios.map((_, at) =>
      mergedScenario(overviews.flatMap(({ scenarios }) => scenarios[at] ?? [])),
    ),
    misbehaviour: first.misbehaviour,
    rssMiB: sum(({ rssMiB }) => rssMiB),
  };
}

/** Scenarios with the same number: each worker runs its share of it, at the same times. */
export function mergedScenario(all: readonly ScenarioOverview[]): ScenarioOverview {
  const [first] = all;
  if (first === undefined) throw new RangeError("there is no scenario");
  const has = (wanted: ScenarioOverview["state"]): boolean => all.every(({ state }) => state === wanted);
  const state = has("done") ? "done" : has("waiting") ? "waiting" : "running";
  return { ...first, state, round: Math.max(...all.map(({ round }) => round)) };
}

function mergedGroup(
  group: FleetConfig["groups"][number],
  overviews: readonly FleetOverview[],
  down: readonly WorkerPart[],
): GroupOverview {
  const { name, firstIndex, count } = group;
  const parts = overviews.flatMap(({ groups }) => groups.find((one) => one.name === name) ?? []);
  const missing = down.map((part) => ({
    state: part.stateWhenDown,
    phones: sizeInShard(firstIndex, count, part.link.shard),
  }));
  const states: StateCounts[] = missing.map(({ state, phones }) => ({ ...NO_STATES, [state]: phones }));
  return {
    name,
    phones: total([...parts, ...missing], ({ phones }) => phones),
    states: sumOfStates([...parts.map((part) => part.states), ...states]),
    ...sumOfCounts(parts),
    injected: sumTally(parts.map(({ injected }) => injected)),
  };
}

function sumOfCounts(all: readonly CountsOfPhones[]): CountsOfPhones {
  const sum = (name: keyof CountsOfPhones): number => total(all, (one) => one[name]);
  return {
    ...{ sessions: sum("sessions"), failures: sum("failures"), retries: sum("retries") },
    ...{ rpcs: sum("rpcs"), faults: sum("faults"), reached: sum("reached") },
  };
}

function total<T>(all: readonly T[], figure: (one: T) => number): number {
  return all.reduce((sum, one) => sum + figure(one), 0);
}

/** Rounds away the errors of sums of tenths. */
function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
