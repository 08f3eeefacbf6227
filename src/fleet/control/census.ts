import type { ListedState, PhoneState, StateCounts } from "../../control/fleet/fleet-control.ts";
import type { Clock } from "../../ports/clock.ts";
import { type PhoneRange, wholeOf } from "../directory.ts";
import type { Fleet } from "../fleet.ts";
import type { PlannedPhone } from "../plan.ts";
import { NO_STATES } from "./state-counts.ts";

const MAX_AGE_MS = 1000;

/** The states of all phones of a fleet, computed once a second at most. */
export class Census {
  readonly #fleet: Fleet;
  readonly #clock: Clock;
  #takenMs = Number.NEGATIVE_INFINITY;
  #phones = new Map<ListedState, PlannedPhone[]>();
  #groups = new Map<string, Record<ListedState, number>>();

  constructor(fleet: Fleet, clock: Clock) {
    this.#fleet = fleet;
    this.#clock = clock;
  }

  phonesThatAre(state: ListedState): PhoneRange {
    this.#take();
    return wholeOf(this.#phones.get(state) ?? []);
  }

  countsOf(group: string): StateCounts {
    this.#take();
    return this.#groups.get(group) ?? NO_STATES;
  }

  /** Something was done to phones: the next look is a new one. */
  forget(): void {
    this.#takenMs = Number.NEGATIVE_INFINITY;
  }

  #take(): void {
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#takenMs < MAX_AGE_MS) return;
    this.#takenMs = nowMs;
    this.#phones = new Map();
    this.#groups = new Map();
    for (const planned of this.#fleet.roster.phones) {
      this.#count(planned, stateOf(this.#fleet, planned));
      if (hasFailed(this.#fleet, planned)) this.#count(planned, "failed");
    }
  }

  #count(planned: PlannedPhone, state: ListedState): void {
    const phones = this.#phones.get(state);
    if (phones === undefined) this.#phones.set(state, [planned]);
    else phones.push(planned);
    const group = planned.group.name;
    const counts = this.#groups.get(group) ?? { ...NO_STATES };
    counts[state]++;
    this.#groups.set(group, counts);
  }
}

export function stateOf(fleet: Fleet, { name }: PlannedPhone): PhoneState {
  if (fleet.pauses.isPaused(name)) return "paused";
  return fleet.phones.get(name)?.phone.agent.status().phase ?? "planned";
}

/** Whether its last session failed. */
export function hasFailed(fleet: Fleet, { name }: PlannedPhone): boolean {
  return fleet.phones.get(name)?.phone.agent.history.last?.successful === false;
}
