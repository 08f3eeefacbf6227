import { writeFile } from "node:fs/promises";
import { createSeededRandom } from "../../src/system/seeded-random.ts";
import { overShim } from "../layers/file-calls.ts";
import type { BackendName } from "../phone/settings.ts";
import { play, SCENARIO_NAMES, type ScenarioName } from "../scenarios.ts";
import type { Part, PartContext, PlannedTrial, TrialResult } from "./part.ts";
import { PreparedPhones } from "./prepared.ts";
import { shuffled } from "./shuffled.ts";

const YEAR_MS = 366 * 86_400_000;
/** The offset of the wall clock, in milliseconds. */
const CLOCKS = {
  right: () => 0,
  1970: () => 20_000 - Date.now(),
  "year-ahead": () => YEAR_MS,
  "year-back": () => -YEAR_MS,
} as const;
type ClockName = keyof typeof CLOCKS;
const CLOCK_NAMES = Object.keys(CLOCKS) as readonly ClockName[];

const MAX_MS = 75_000;
/** The answers of the ACS after which the clock is set; 5 is the first after the phone was read. */
const SET_AFTER = [1, 5, 6];

interface Plan {
  readonly backend: BackendName;
  readonly scenario: ScenarioName;
  /** At the start, after a jump while it runs, and at the next start after a kill. */
  readonly clocks: readonly [start: ClockName, jump: ClockName, restart: ClockName];
  readonly after: number;
  /** Killed right after the jump instead of at the end. */
  readonly isKilled: boolean;
}

/** Starts in 1970, clocks that are set right later, and jumps of a year both ways, with a power cut in between. */
export const clocks: Part = {
  name: "clocks",
  trials({ context, backends, count, only }) {
    const { shim } = context;
    if (shim === null) return [];
    const phones = new PreparedPhones(context);
    const [backend = "config-file"] = backends;
    const all = SCENARIO_NAMES.filter((name) => name !== "first-start").flatMap((scenario) =>
      plansOf(backend, scenario).map(
        (plan): PlannedTrial => ({
          id: `${backend}:${scenario}:${plan.clocks.join(">")}:${plan.after}${plan.isKilled ? ":killed" : ""}`,
          run: (context) => withClocks(context, shim, phones, plan),
        }),
      ),
    );
    const random = createSeededRandom(`${context.seed}/clocks`);
    const wanted = all.filter(({ id }) => id.startsWith(only));
    return count === Number.POSITIVE_INFINITY ? wanted : shuffled(wanted, random).slice(0, count);
  },
};

function plansOf(backend: BackendName, scenario: ScenarioName): readonly Plan[] {
  return CLOCK_NAMES.flatMap((start) =>
    CLOCK_NAMES.flatMap((jump) =>
      CLOCK_NAMES.flatMap((restart) =>
        SET_AFTER.flatMap((after) =>
          [false, true].map(
            (isKilled): Plan => ({ backend, scenario, clocks: [start, jump, restart], after, isKilled }),
          ),
        ),
      ),
    ),
  ).filter(({ clocks }) => clocks.some((clock) => clock !== "right"));
}

async function withClocks(
  { servers }: PartContext,
  shim: string,
  phones: PreparedPhones,
  { backend, scenario, clocks: [start, jump, restart], after, isKilled }: Plan,
): Promise<TrialResult> {
  const acs = await servers.take(false);
  const trial = await phones.open(acs, backend, scenario);
  const { ledger, folder } = trial;
  const file = `${folder}-clock`;
  const set = (clock: ClockName): Promise<void> => writeFile(file, offsetOf(clock), { flag: "r+" });
  try {
    await writeFile(file, offsetOf(start));
    // A window of ScheduleDownload may pass in a jump.
    ledger.disturbed = scenario === "schedule-download";
    trial.onAnswer = (count) => {
      if (count === after) void set(jump).then(() => (isKilled ? trial.phone?.kill("SIGKILL") : undefined));
      return "send";
    };
    const over = overShim(shim, { root: folder, clock: file });
    trial.start(over);
    const told = await play(trial, scenario, MAX_MS);
    if (!told && trial.phone?.ended === null) {
      ledger.findings.push("with this clock the phone does not come to its end");
      ledger.checkSettled();
    }
    await trial.kill();
    await set(restart);
    await trial.verify(over);
    return { inputs: 1, counts: ledger.counts, findings: ledger.findings, folder };
  } finally {
    await trial.close();
    servers.giveBack(acs);
  }
}

function offsetOf(clock: ClockName): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(CLOCKS[clock]()));
  return bytes;
}
