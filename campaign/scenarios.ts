import { SET_BY_PERSON, withEntries } from "./oracle/phone-state.ts";
import { fixedOperations, type OperationKind } from "./oracle/random-operations.ts";
import { playRounds } from "./rounds.ts";
import type { Trial } from "./trial.ts";

/** The actions of a phone while it is disturbed. */
export interface Scenario {
  /** Begins with an empty folder instead of a phone that has reported everything to its ACS. */
  readonly isFresh?: boolean;
  /** The calls of the ACS in the first session. */
  readonly calls: readonly OperationKind[];
  /** A person applies a configuration file once the session is over. */
  readonly appliesFile?: boolean;
  /** Begins with a phone that knows a file server, and looks there for its configuration files at each of its starts (AutoP). */
  readonly looks?: boolean;
}

export const SCENARIOS = {
  "first-start": { isFresh: true, calls: ["set"] },
  set: { calls: ["set", "bad set", "set"] },
  attributes: { calls: ["attributes", "set"] },
  objects: { calls: ["delete", "add", "set"] },
  reboot: { calls: ["set", "reboot"] },
  "factory-reset": { calls: ["set", "attributes", "factory reset"] },
  "schedule-inform": { calls: ["schedule inform"] },
  url: { calls: ["url"] },
  download: { calls: ["download"] },
  "schedule-download": { calls: ["schedule download"] },
  firmware: { calls: ["firmware"] },
  upload: { calls: ["upload"] },
  autop: { calls: ["set"], appliesFile: true },
  "autop-round": { calls: ["set"], looks: true },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as readonly ScenarioName[];

/** Has the trial's ACS call what the scenario says. @returns resolves when all of it was done and told, or the time is up */
export async function play(trial: Trial, name: ScenarioName, maxMs: number): Promise<boolean> {
  const scenario: Scenario = SCENARIOS[name];
  const operations = fixedOperations(trial, scenario.calls);
  let called = 0;
  trial.operations = () => {
    const next = operations();
    if (next === null) called = scenario.calls.length;
    return next;
  };
  const restarts = scenario.calls.at(-1) === "reboot" || scenario.calls.at(-1) === "factory reset";
  const over = (): boolean =>
    trial.isIdle && trial.ledger.isSettled && (called === scenario.calls.length || restarts) && trial.ledger.wasCalled;
  const inTime = await trial.until(over, maxMs);
  if (scenario.looks === true && inTime) return playRounds(trial, maxMs);
  if (scenario.appliesFile !== true || !inTime) return inTime;
  await applyFile(trial);
  return trial.until(over, maxMs);
}

const APPLIED_SERIAL = 77;

async function applyFile(trial: Trial): Promise<void> {
  const { phone, ledger } = trial;
  if (phone === null) return;
  const text = SET_BY_PERSON.map(([, key, value]) => `${key} = ${value(APPLIED_SERIAL)}\n`).join("");
  const status = await phone.applyFile(text);
  if (status >= 400) return;
  const entries = SET_BY_PERSON.map(([name, , value]) => [name, value(APPLIED_SERIAL)] as const);
  ledger.changedByPerson((state) => withEntries(state, entries), status === 200);
  await phone.inform();
}
