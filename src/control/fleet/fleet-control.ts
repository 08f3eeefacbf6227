/**
 * What a phone of a fleet does. `planned`: the ramp has not come to it; `waiting`: for the retry of a session that failed; `gone`: its
 * worker has died or does not answer.
 */
export const PHONE_STATES = [
  "planned",
  "starting",
  "idle",
  "session",
  "waiting",
  "rebooting",
  "paused",
  "stopped",
  "gone",
] as const;
export type PhoneState = (typeof PHONE_STATES)[number];

/** Search criteria beside the states: `failed`: the last session failed, whatever the phone does now. */
export const LISTED_STATES = [...PHONE_STATES, "failed"] as const;
export type ListedState = (typeof LISTED_STATES)[number];

/** One phone in a list. */
export interface ListedPhone {
  /** Such as `north-000017`; no other phone has it. */
  readonly name: string;
  readonly serialNumber: string;
  readonly group: string;
  readonly model: string;
  readonly state: PhoneState;
  /** Failed sessions since the last successful one. */
  readonly retryCount: number;
  /** Ended since the phone was started. */
  readonly sessions: number;
  readonly lastSession: {
    readonly successful: boolean;
    /** Wall time, milliseconds since 1970. */
    readonly startedAt: number;
    readonly durationMs: number;
    /** Code of what went wrong; empty: nothing. */
    readonly failure: string;
  } | null;
}

export interface PhoneQuery {
  /** Null: of all groups. */
  readonly group: string | null;
  /** Null: whatever they do. */
  readonly state: ListedState | null;
  /** What the name or the serial number begins with, in whatever case; empty: anything. */
  readonly search: string;
  /** From 1; one beyond the last is the last. */
  readonly page: number;
  readonly size: number;
}

export interface PhonePage {
  /** Phones that fit the query. */
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  readonly phones: readonly ListedPhone[];
}

export interface Distribution {
  readonly count: number;
  /** In milliseconds; 0 where nothing was measured. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export type StateCounts = Readonly<Record<ListedState, number>>;

/** Counts of one group, or of all. */
export interface CountsOfPhones {
  readonly sessions: number;
  readonly failures: number;
  readonly retries: number;
  readonly rpcs: number;
  readonly faults: number;
  readonly reached: number;
}

export interface GroupOverview extends CountsOfPhones {
  readonly name: string;
  readonly phones: number;
  readonly states: StateCounts;
  /** Counts of scenarios and misbehaviour, by name. */
  readonly injected: Readonly<Record<string, number>>;
}

export interface ScenarioOverview {
  /** Its place in fleet.yaml, from 1. */
  readonly number: number;
  readonly kind: string;
  /** Empty: all. */
  readonly groups: readonly string[];
  readonly sharePercent: number;
  /** The last round that has begun; 0: none. */
  readonly round: number;
  readonly rounds: number;
  readonly state: "waiting" | "running" | "done";
  /** How many of its seconds pass in a second; 0: it stands still. */
  readonly rate: number;
}

/** A fleet at a glance. */
export interface FleetOverview extends CountsOfPhones {
  readonly version: string;
  readonly elapsedMs: number;
  readonly phones: number;
  /** At most a second old. */
  readonly states: StateCounts;
  readonly groups: readonly GroupOverview[];
  readonly sessionsPerSecond: number;
  readonly rpcsPerSecond: number;
  readonly connectionRequests: number;
  readonly openSessions: number;
  readonly waitingSessions: number;
  readonly requestLatency: Distribution;
  readonly sessionDuration: Distribution;
  readonly scenarios: readonly ScenarioOverview[];
  readonly misbehaviour: readonly {
    readonly fault: string;
    readonly groups: readonly string[];
    readonly sharePercent: number;
  }[];
  readonly rssMiB: number;
}

/** Which phones something is for: those that are named, those of groups, or all; of the last two a share. */
export interface PhoneSelection {
  /** Names or serial numbers. */
  readonly phones: readonly string[];
  readonly groups: readonly string[];
  readonly all: boolean;
  readonly sharePercent: number;
  /** The same text chooses the same share; null: another one each time. */
  readonly seed: string | null;
}

/**
 * A fleet while it runs. Everything throws ApiError for what cannot be done; WORKER_DOWN: a worker did not answer; the
 * operation was performed by the others.
 */
export interface FleetControl {
  overview(): Promise<FleetOverview>;
  list(query: PhoneQuery): Promise<PhonePage>;
  /** By its name or serial number. ApiError NOT_FOUND: there is none, or several have the serial number. */
  phone(id: string): Promise<ListedPhone>;
  /** More phones of a group, which are started at the rate of the ramp. Answers their names. */
  add(group: string, count: number): Promise<readonly string[]>;
  /** Ends their sessions cleanly, and forgets them. All of these answer how many phones it was for. */
  remove(selection: PhoneSelection): Promise<number>;
  /** They begin no session until they are resumed. */
  pause(selection: PhoneSelection): Promise<number>;
  resume(selection: PhoneSelection): Promise<number>;
  /** They restart within so long. */
  reboot(selection: PhoneSelection, overSeconds: number): Promise<number>;
  /** How many seconds of the scenario with that number pass in a second from now on; 0: it stands still. */
  setScenarioRate(number: number, rate: number): Promise<ScenarioOverview>;
}

/**
 * What is served for one phone alone, such as its API, by its name or serial number. ApiError NOT_FOUND: there is none; PHONE_DOWN:
 * it has not been started yet.
 */
export type ServedPhone = (id: string) => Promise<Served>;

/** What is served for a phone: its API at the control socket (with passwords), its API behind a log-in, or its pages. */
export type ServedPart = "socket" | "api" | "pages";

/** A fleet and its phones, as the interfaces need them. */
export interface FleetFront {
  readonly fleet: FleetControl;
  /** Loads the code that serves it. */
  served(part: ServedPart): Promise<ServedPhone>;
}

/** What answers HTTP requests. */
export interface Served {
  fetch(request: Request, env: object): Response | Promise<Response>;
}
