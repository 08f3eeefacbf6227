import type { FleetConfig } from "../../config/fleet/load-fleet.ts";
import type {
  CountsOfPhones,
  Distribution,
  FleetOverview,
  ScenarioOverview,
} from "../../control/fleet/fleet-control.ts";
import type { GroupCounts } from "../../metrics/group-gauges.ts";
import { sizeOf } from "../directory.ts";
import type { Latency } from "../figures/latency.ts";
import type { FleetMoment } from "../figures/timeline.ts";
import type { Fleet } from "../fleet.ts";
import type { RunningScenario } from "../scenarios/run-scenarios.ts";
import type { Census } from "./census.ts";
import { sumOfStates } from "./state-counts.ts";

export interface OverviewParts {
  readonly fleet: Fleet;
  readonly config: Pick<FleetConfig, "groups" | "misbehaviour">;
  readonly census: Census;
  readonly version: string;
  /** The last two, oldest first. */
  readonly moments: readonly FleetMoment[];
}

/** Each group's counts are maintained, so the cost depends on the number of groups alone. */
export function fleetOverview({ fleet, config, census, version, moments }: OverviewParts): FleetOverview {
  const { figures, roster, scenarios } = fleet;
  const groups = config.groups.map(({ name }) => {
    const own = figures.groups.get(name);
    if (own === undefined) throw new RangeError(`there is no group ${name}`);
    const injected = own.tallies.injected.toJSON();
    const phones = sizeOf(roster.directory.ofGroup(name));
    return { name, phones, states: census.countsOf(name), ...plain(own.counts), injected };
  });
  const now = moments.at(-1);
  return {
    version,
    elapsedMs: Math.round(fleet.elapsedMs),
    phones: roster.size,
    states: sumOfStates(groups.map(({ states }) => states)),
    groups,
    ...plain(figures.counts()),
    sessionsPerSecond: perSecond(moments, ({ sessions }) => sessions),
    rpcsPerSecond: perSecond(moments, ({ rpcs }) => rpcs),
    connectionRequests: figures.counts().connectionRequests,
    openSessions: now?.open ?? 0,
    waitingSessions: now?.waiting ?? 0,
    requestLatency: distribution(figures.requests),
    sessionDuration: distribution(figures.sessions),
    scenarios: (scenarios?.all ?? []).map((scenario, at) => scenarioOverview(scenario, at + 1)),
    misbehaviour: config.misbehaviour.map(({ fault, groups: of, sharePercent }) => ({
      fault,
      groups: of,
      sharePercent,
    })),
    rssMiB: now?.rssMiB ?? 0,
  };
}

export function scenarioOverview(scenario: RunningScenario, number: number): ScenarioOverview {
  const { settings, round, isDone, rate } = scenario;
  const { kind, groups, sharePercent, times } = settings;
  const state = isDone ? "done" : round === 0 ? "waiting" : "running";
  return { number, kind, groups, sharePercent, round, rounds: times, state, rate };
}

function plain({ sessions, failures, retries, rpcs, faults, reached }: GroupCounts): CountsOfPhones {
  return { sessions, failures, retries, rpcs, faults, reached };
}

function perSecond([before, now]: readonly FleetMoment[], figure: (moment: FleetMoment) => number): number {
  if (before === undefined || now === undefined || now.atMs <= before.atMs) return 0;
  return Math.round(((figure(now) - figure(before)) * 10_000) / (now.atMs - before.atMs)) / 10;
}

export function distribution(latency: Latency): Distribution {
  const at = (percentile: number): number => latency.percentileMs(percentile);
  return { count: latency.count, p50: at(50), p95: at(95), p99: at(99), max: latency.maxMs };
}
