import type { SessionOutcome } from "../../agent/core/session-history.ts";
import type { GroupCounts } from "../../metrics/group-gauges.ts";
import type { WireObserver } from "../../ports/acs-transport.ts";
import type { Clock } from "../../ports/clock.ts";
import { type Meter, NO_METER } from "../../ports/meter.ts";
import { GroupFigures } from "./group-figures.ts";
import { createLatency, type Latency } from "./latency.ts";
import { Tally } from "./tally.ts";

export interface FleetCounts extends GroupCounts {
  /** Connection requests that were accepted. */
  readonly connectionRequests: number;
  /** Sessions that have begun at the ACS. */
  readonly arrivals: number;
}

/** The counts of a fleet so far. */
export interface FleetFigures {
  /** By the names of the groups. */
  readonly groups: ReadonlyMap<string, GroupFigures>;
  /** From a request on the wire to its whole answer. */
  readonly requests: Latency;
  readonly sessions: Latency;
  readonly retryWaits: Latency;
  /** HTTP statuses of answers. */
  readonly statuses: Tally;
  /** Sees the sessions of all phones. */
  readonly observe: WireObserver;
  /** Of the port that all share; the phones have the meters of their groups. */
  readonly meter: Meter;
  /** Connection requests at that port, by what became of them. */
  readonly connectionRequests: Tally;
  counts(): FleetCounts;
  /** Called for each ended session of a group. */
  onSession(listener: SessionListener): void;
}

export type SessionListener = (group: string, outcome: SessionOutcome) => void;

export function createFleetFigures(groups: readonly string[], clock: Clock): FleetFigures {
  const requests = createLatency();
  const latencies = { sessions: createLatency(), retryWaits: createLatency() };
  const statuses = new Tally();
  const connectionRequests = new Tally();
  const listeners: SessionListener[] = [];
  let arrivals = 0;
  const measure = measureRequests(requests, statuses, clock);
  const byGroup = new Map(
    groups.map((name) => {
      const heard = (outcome: SessionOutcome): void => {
        for (const listener of listeners) listener(name, outcome);
      };
      return [name, new GroupFigures(latencies, heard)];
    }),
  );
  return {
    ...latencies,
    groups: byGroup,
    requests,
    statuses,
    observe: (session, at, event, start) => {
      if (start !== undefined) arrivals++;
      measure(session, at, event, start);
    },
    connectionRequests,
    meter: { ...NO_METER, connectionRequest: (_transport, result) => connectionRequests.add(result) },
    counts: () => ({
      ...sumGroupCounts([...byGroup.values()].map(({ counts }) => counts)),
      connectionRequests: connectionRequests.of("accepted"),
      arrivals,
    }),
    onSession: (listener) => void listeners.push(listener),
  };
}

function measureRequests(requests: Latency, statuses: Tally, clock: Clock): WireObserver {
  const sentMs = new Map<number, number>();
  return (session, _at, event) => {
    if (event.kind === "sent") sentMs.set(session, clock.monotonic());
    else if (event.kind === "received") {
      statuses.add(String(event.status));
      const since = sentMs.get(session);
      if (since !== undefined) requests.record(clock.monotonic() - since);
      sentMs.delete(session);
    } else if (event.kind === "closed") sentMs.delete(session);
  };
}

export function sumGroupCounts(all: readonly GroupCounts[]): GroupCounts {
  const total = (name: keyof GroupCounts): number => all.reduce((so, counts) => so + counts[name], 0);
  return {
    started: total("started"),
    reached: total("reached"),
    retrying: total("retrying"),
    sessions: total("sessions"),
    failures: total("failures"),
    retries: total("retries"),
    rpcs: total("rpcs"),
    faults: total("faults"),
    injected: total("injected"),
  };
}
