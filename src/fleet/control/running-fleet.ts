import type { FleetConfig } from "../../config/fleet/load-fleet.ts";
import { SCENARIO_DEFAULTS } from "../../config/fleet/scenario-options.ts";
import type {
  FleetControl,
  FleetOverview,
  ListedPhone,
  PhonePage,
  PhoneQuery,
  PhoneSelection,
  ScenarioOverview,
} from "../../control/fleet/fleet-control.ts";
import { ApiError } from "../../control/problem.ts";
import { isAgentError } from "../../cwmp/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import { sizeOf } from "../directory.ts";
import type { FleetMoment } from "../figures/timeline.ts";
import type { Fleet } from "../fleet.ts";
import type { PlannedPhone } from "../plan.ts";
import { Census } from "./census.ts";
import { findPhones, listed, namesOfGroups, phoneNamed, requireGroup, selectPhones } from "./find-phones.ts";
import { fleetOverview, scenarioOverview } from "./fleet-overview.ts";

export interface RunningFleetParts {
  readonly fleet: Fleet;
  readonly config: FleetConfig;
  readonly clock: Clock;
  readonly version: string;
}

/** A fleet as those see it who look at it and change it while it runs. */
export class RunningFleet implements FleetControl {
  readonly #parts: RunningFleetParts;
  readonly #census: Census;
  /** The last two. */
  #moments: readonly FleetMoment[] = [];
  /** Selections so far: each without a seed of its own chooses others. */
  #selections = 0;

  constructor(parts: RunningFleetParts) {
    this.#parts = parts;
    this.#census = new Census(parts.fleet, parts.clock);
    parts.fleet.onEvent((event) => {
      if (event.kind === "moment") this.#moments = [...this.#moments.slice(-1), event.moment];
    });
  }

  async overview(): Promise<FleetOverview> {
    return fleetOverview({ ...this.#parts, census: this.#census, moments: this.#moments });
  }

  async list({ page, size, ...query }: PhoneQuery): Promise<PhonePage> {
    const { fleet } = this.#parts;
    const found = findPhones(fleet, this.#census, query);
    const total = sizeOf(found);
    const pages = Math.max(Math.ceil(total / size), 1);
    const shown = Math.min(page, pages);
    const from = found.from + (shown - 1) * size;
    const phones = found.phones.slice(from, Math.min(from + size, found.to));
    return { total, page: shown, pages, phones: phones.map((planned) => listed(fleet, planned)) };
  }

  async phone(id: string): Promise<ListedPhone> {
    const { fleet } = this.#parts;
    return listed(fleet, phoneNamed(fleet, id));
  }

  async add(group: string, count: number): Promise<readonly string[]> {
    const { fleet } = this.#parts;
    requireGroup(namesOfGroups(fleet), group);
    try {
      const added = fleet.add(group, count);
      this.#census.forget();
      return added.map(({ name }) => name);
    } catch (error) {
      throw isAgentError(error, "CONFIG") ? new ApiError("REFUSED", error.message) : error;
    }
  }

  async remove(selection: PhoneSelection): Promise<number> {
    const phones = this.#select(selection);
    await this.#parts.fleet.remove(phones);
    this.#census.forget();
    return phones.size;
  }

  async pause(selection: PhoneSelection): Promise<number> {
    const phones = this.#select(selection);
    this.#parts.fleet.pauses.pause(namesOf(phones));
    return phones.size;
  }

  async resume(selection: PhoneSelection): Promise<number> {
    const phones = this.#select(selection);
    this.#parts.fleet.pauses.resume(namesOf(phones));
    return phones.size;
  }

  async reboot(selection: PhoneSelection, overSeconds: number): Promise<number> {
    const { fleet } = this.#parts;
    const { scenarios } = fleet;
    const phones = [...this.#select(selection)].filter(({ name }) => fleet.phones.has(name));
    if (scenarios === null) throw new ApiError("PHONE_DOWN", "the fleet is just starting: try again in a moment");
    scenarios.start({ ...SCENARIO_DEFAULTS, kind: "rebootStorm", overSeconds }, this.#seedOf(selection), phones);
    return phones.length;
  }

  async setScenarioRate(number: number, rate: number): Promise<ScenarioOverview> {
    const all = this.#parts.fleet.scenarios?.all ?? [];
    const scenario = all[number - 1];
    if (scenario === undefined)
      throw new ApiError(
        "NOT_FOUND",
        `the fleet has no scenario ${number}: it has ${all.length === 0 ? "none" : all.length}`,
      );
    scenario.setRate(rate);
    return scenarioOverview(scenario, number);
  }

  #select(selection: PhoneSelection): ReadonlySet<PlannedPhone> {
    this.#selections++;
    this.#census.forget();
    return selectPhones(this.#parts.fleet, selection, this.#seedOf(selection));
  }

  #seedOf({ seed }: PhoneSelection): string {
    return seed ?? `${this.#parts.fleet.seed} ${this.#selections}`;
  }
}

function namesOf(phones: ReadonlySet<PlannedPhone>): readonly string[] {
  return [...phones].map(({ name }) => name);
}
