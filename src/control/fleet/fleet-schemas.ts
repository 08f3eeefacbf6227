import * as z from "zod";
import {
  type FleetOverview,
  LISTED_STATES,
  type ListedPhone,
  type ListedState,
  PHONE_STATES,
  type PhonePage,
  type PhoneSelection,
} from "./fleet-control.ts";

/** The requests and answers of a fleet's API. */

const count = z.int().min(0);
const MAX_ADDED = 100_000;
const MAX_NAMED = 10_000;
const MAX_SECONDS = 31_536_000;
const MAX_RATE = 1000;

const name = z.string().min(1).max(64);
const group = z.string().min(1).max(32);

export const LISTED_PHONE = z.strictObject({
  name: z.string(),
  serialNumber: z.string(),
  group: z.string(),
  model: z.string(),
  state: z
    .enum(PHONE_STATES)
    .describe(
      "planned: not started yet; waiting: for the retry of a session that failed; gone: the worker that runs it has died or does not answer",
    ),
  retryCount: count,
  sessions: count.describe("Ended since the phone was started"),
  lastSession: z
    .strictObject({
      successful: z.boolean(),
      startedAt: z.number().describe("Wall time, milliseconds since 1970"),
      durationMs: z.number(),
      failure: z.string().describe("Code of what went wrong; empty: nothing"),
    })
    .nullable(),
});
LISTED_PHONE satisfies z.ZodType<ListedPhone>;

const wholeQuery = (min: number, max: number, fallback: string) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .default(fallback)
    .transform(Number)
    .pipe(z.int().min(min).max(max));

export const PHONES_QUERY = z.strictObject({
  group: group.optional().describe("Of this group alone"),
  state: z.enum(LISTED_STATES).optional().describe("failed: the last session failed, whatever the phone does now"),
  search: z.string().max(64).default("").describe("What the name or the serial number begins with, in whatever case"),
  page: wholeQuery(1, 999_999_999, "1").describe("From 1; one beyond the last is the last"),
  size: wholeQuery(1, 500, "50").describe("Phones on a page"),
});

export const PHONES = z.strictObject({
  total: count.describe("Phones that fit"),
  page: count,
  pages: count,
  phones: z.array(LISTED_PHONE),
});
PHONES satisfies z.ZodType<PhonePage>;

const STATE_COUNTS = z.record(z.enum(LISTED_STATES), count) satisfies z.ZodType<Readonly<Record<ListedState, number>>>;
const COUNTS = {
  sessions: count.describe("That have ended"),
  failures: count,
  retries: count,
  rpcs: count,
  faults: count,
  reached: count.describe("Phones that have had a successful session"),
};
const DISTRIBUTION = z.strictObject({
  count,
  p50: z.number().describe("Milliseconds"),
  p95: z.number(),
  p99: z.number(),
  max: z.number(),
});

export const SCENARIO = z.strictObject({
  number: z.int().min(1).describe("Its place in fleet.yaml"),
  kind: z.string(),
  groups: z.array(z.string()).describe("Empty: all"),
  sharePercent: z.number(),
  round: count.describe("The last one that has begun"),
  rounds: count,
  state: z.enum(["waiting", "running", "done"]),
  rate: z.number().describe("How many of its seconds pass in a second"),
});

export const FLEET_OVERVIEW = z.strictObject({
  version: z.string().describe("Of the program"),
  elapsedMs: z.number(),
  phones: count,
  states: STATE_COUNTS.describe("Of a second ago, at most; failed: beside the others"),
  groups: z.array(
    z.strictObject({
      name: z.string(),
      phones: count,
      states: STATE_COUNTS,
      ...COUNTS,
      injected: z.record(z.string(), count).describe("What scenarios and misbehaviour have done"),
    }),
  ),
  ...COUNTS,
  sessionsPerSecond: z.number(),
  rpcsPerSecond: z.number(),
  connectionRequests: count.describe("That were accepted"),
  openSessions: count,
  waitingSessions: count.describe("That wait for their turn"),
  requestLatency: DISTRIBUTION.describe("From the last byte of a request to its whole answer"),
  sessionDuration: DISTRIBUTION.describe("Of successful sessions"),
  scenarios: z.array(SCENARIO),
  misbehaviour: z.array(z.strictObject({ fault: z.string(), groups: z.array(z.string()), sharePercent: z.number() })),
  rssMiB: z.number(),
});
FLEET_OVERVIEW satisfies z.ZodType<FleetOverview>;

export const PHONE_PATH = z.strictObject({ phone: name.describe("Name or serial number") });

export const ADD = z.strictObject({ group, count: z.int().min(1).max(MAX_ADDED) });
export const ADDED = z.strictObject({ phones: z.array(z.string()).describe("Their names") });

const which = {
  phones: z.array(name).min(1).max(MAX_NAMED).optional().describe("Names or serial numbers"),
  groups: z.array(group).min(1).max(1000).optional(),
  all: z.literal(true).optional().describe("Every phone"),
  sharePercent: z.int().min(1).max(100).default(100).describe("Of groups, or of all"),
  seed: z.string().min(1).max(64).optional().describe("The same one chooses the same share"),
};

const ONE_OF = "say one of phones, groups and all";
const isOne = ({
  phones,
  groups,
  all,
}: {
  readonly phones?: unknown;
  readonly groups?: unknown;
  readonly all?: unknown;
}) => [phones, groups, all].filter((one) => one !== undefined).length === 1;

export const SELECTION = z.strictObject(which).refine(isOne, { error: ONE_OF });
export const REBOOT = z
  .strictObject({
    ...which,
    overSeconds: z.int().min(0).max(MAX_SECONDS).default(0).describe("They restart within so long. 0: at once"),
  })
  .refine(isOne, { error: ONE_OF });
export const SELECTED = z.strictObject({ phones: count.describe("How many it was for") });

export const SCENARIO_PATH = z.strictObject({ number: z.string().regex(/^[1-9]\d{0,3}$/) });
export const SCENARIO_CHANGE = z.strictObject({
  rate: z.number().min(0).max(MAX_RATE).describe("How many of its seconds pass in a second; 0: it stands still"),
});

/** As it was said, with what was left out filled in. */
export function selectionOf(said: z.output<typeof SELECTION>): PhoneSelection {
  const { phones = [], groups = [], all = false, sharePercent, seed = null } = said;
  return { phones, groups, all, sharePercent, seed };
}

/** The schemas that the description names. */
export const FLEET_SCHEMAS = {
  FleetOverview: FLEET_OVERVIEW,
  Phones: PHONES,
  Phone: LISTED_PHONE,
  Add: ADD,
  Added: ADDED,
  Selection: SELECTION,
  FleetReboot: REBOOT,
  Selected: SELECTED,
  Scenario: SCENARIO,
  ScenarioChange: SCENARIO_CHANGE,
} as const;
