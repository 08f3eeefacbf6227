import type { ListedPhone, PhoneQuery, PhoneSelection } from "../../control/fleet/fleet-control.ts";
import { ApiError } from "../../control/problem.ts";
import { isChosen } from "../chosen-phones.ts";
import { type Directory, type PhoneRange, phonesIn, sizeOf, startsWith, wholeOf } from "../directory.ts";
import type { Fleet } from "../fleet.ts";
import type { PlannedPhone } from "../plan.ts";
import { type Census, hasFailed, stateOf } from "./census.ts";

/** By its name or serial number. Throws ApiError NOT_FOUND. */
export function phoneNamed({ roster: { directory } }: Fleet, id: string): PlannedPhone {
  return onlyMatch(id, matchesOf(directory, id));
}

/** The phones that match a name or serial number. */
export interface Matches<P> {
  /** Null: none has this name. */
  readonly named: P | null;
  readonly withSerialNumber: readonly P[];
}

export function matchesOf(directory: Directory, id: string): Matches<PlannedPhone> {
  return { named: directory.named(id) ?? null, withSerialNumber: directory.withSerialNumber(id) };
}

/** A matching name takes precedence. Throws ApiError NOT_FOUND. */
export function onlyMatch<P extends { readonly name: string }>(id: string, { named, withSerialNumber }: Matches<P>): P {
  if (named !== null) return named;
  const [only, another] = withSerialNumber;
  if (only === undefined)
    throw new ApiError("NOT_FOUND", `the fleet has no phone with the name or serial number ${id}`);
  if (another === undefined) return only;
  throw new ApiError(
    "NOT_FOUND",
    `${only.name} and ${another.name} have the serial number ${id}: say which by its name`,
  );
}

/**
 * Those that fit, in the order of the fleet or of what was looked for. One condition takes as long as its answer; of several the one
 * that fewest phones fulfil is gone through.
 */
export function findPhones(
  fleet: Fleet,
  census: Census,
  { group, state, search }: Pick<PhoneQuery, "group" | "state" | "search">,
): PhoneRange {
  const { roster } = fleet;
  if (group !== null) requireGroup(namesOfGroups(fleet), group);
  const ranges = [
    ...(group === null ? [] : [roster.directory.ofGroup(group)]),
    ...(state === null ? [] : [census.phonesThatAre(state)]),
    ...(search === "" ? [] : [roster.directory.startingWith(search)]),
  ].sort((one, other) => sizeOf(one) - sizeOf(other));
  const [fewest = wholeOf(roster.phones), ...others] = ranges;
  if (others.length === 0) return fewest;
  const fits = (planned: PlannedPhone): boolean =>
    (group === null || planned.group.name === group) &&
    (search === "" || startsWith(planned, search)) &&
    (state === null || (state === "failed" ? hasFailed(fleet, planned) : stateOf(fleet, planned) === state));
  return wholeOf(phonesIn(fewest).filter(fits));
}

export function namesOfGroups({ figures: { groups } }: Fleet): readonly string[] {
  return [...groups.keys()];
}

export function requireGroup(groups: readonly string[], name: string): void {
  if (groups.includes(name)) return;
  throw new ApiError("NOT_FOUND", `the fleet has no group ${name}; it has: ${groups.slice(0, 20).join(", ")}`);
}

/** Throws ApiError NOT_FOUND where a phone or group is named that is not there: nothing is done then. */
export function selectPhones(
  fleet: Fleet,
  { phones, groups, sharePercent }: PhoneSelection,
  seed: string,
): ReadonlySet<PlannedPhone> {
  if (phones.length > 0) return new Set(phones.map((id) => phoneNamed(fleet, id)));
  for (const group of groups) requireGroup(namesOfGroups(fleet), group);
  return new Set(fleet.roster.phones.filter((planned) => isChosen({ groups, sharePercent }, planned, seed)));
}

export function listed(fleet: Fleet, planned: PlannedPhone): ListedPhone {
  const { name, group, identity } = planned;
  const agent = fleet.phones.get(name)?.phone.agent;
  const last = agent?.history.last ?? null;
  return {
    name,
    serialNumber: identity.serialNumber,
    group: group.name,
    model: identity.modelName,
    state: stateOf(fleet, planned),
    retryCount: agent?.status().retryCount ?? 0,
    sessions: agent?.history.count ?? 0,
    lastSession:
      last === null
        ? null
        : {
            successful: last.successful,
            startedAt: last.startedAt,
            durationMs: last.durationMs,
            failure: last.failure?.code ?? "",
          },
  };
}
