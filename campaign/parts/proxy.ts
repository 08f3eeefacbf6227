import { createSeededRandom } from "../../src/system/seeded-random.ts";
import { WIRE_FAULTS, type WireFault } from "../acs/disturbed-wire.ts";
import type { BackendName } from "../phone/settings.ts";
import { play, SCENARIO_NAMES, SCENARIOS, type Scenario, type ScenarioName } from "../scenarios.ts";
import type { Trial } from "../trial.ts";
import type { Part, PartContext, PlannedTrial, TrialResult } from "./part.ts";
import { PreparedPhones } from "./prepared.ts";
import { shuffled } from "./shuffled.ts";

const FAULTS_OF_A_SCENARIO = 6;
const MAX_MS = 150_000;
/** Pieces of the longest scenario: name resolution, TLS, headers and bodies. */
const MAX_PIECES = 60;

interface Place {
  readonly backend: BackendName;
  readonly scenario: ScenarioName;
  readonly secured: boolean;
}

/** Between phone and ACS, and between phone and file server in a round of AutoP: delays, silence, resets, half messages and damage at every piece of every kind of session. */
export const proxy: Part = {
  name: "proxy",
  trials({ context, backends, count, only }) {
    const phones = new PreparedPhones(context);
    const [backend = "config-file"] = backends;
    const places = [false, true].flatMap((secured) =>
      SCENARIO_NAMES.map((scenario): Place => ({ backend, scenario, secured })),
    );
    const random = createSeededRandom(`${context.seed}/proxy`);
    const all = places.flatMap((place) =>
      // Without TLS damage cannot be detected.
      WIRE_FAULTS.filter((fault) => place.secured || fault !== "corrupt").flatMap((fault) =>
        Array.from({ length: MAX_PIECES }, (_, at): PlannedTrial => {
          const id = `${backend}:${place.scenario}${place.secured ? "+tls" : ""}:${at + 1}:${fault}`;
          return { id, run: (context) => disturbOnce(context, phones, place, at + 1, fault) };
        }),
      ),
    );
    const wanted = all.filter(({ id }) => id.startsWith(only));
    if (count === Number.POSITIVE_INFINITY) return wanted;
    // Early pieces are those that every session has.
    return shuffled(wanted, random)
      .filter(({ id }) => Number(id.split(":")[2]) <= FAULTS_OF_A_SCENARIO * 5)
      .slice(0, count);
  },
};

async function disturbOnce(
  { servers }: PartContext,
  phones: PreparedPhones,
  { backend, scenario, secured }: Place,
  at: number,
  fault: WireFault,
): Promise<TrialResult> {
  const acs = await servers.take(secured);
  const trial = await phones.open(acs, backend, scenario);
  const { ledger, folder } = trial;
  const { looks = false } = SCENARIOS[scenario] as Scenario;
  const { wire } = looks ? acs.files : acs;
  try {
    ledger.disturbed = true;
    if (looks) wire.disturb({ at, fault, lost: () => {} });
    else wire.disturb({ at, fault, lost: () => ledger.unread() });
    trial.start();
    const told = await play(trial, scenario, MAX_MS);
    const reached = wire.pieces >= at;
    wire.disturb(null);
    await judge(trial, told);
    return { inputs: reached ? 1 : 0, counts: ledger.counts, findings: ledger.findings, folder };
  } finally {
    wire.disturb(null);
    await trial.close();
    servers.giveBack(acs);
  }
}

async function judge(trial: Trial, told: boolean): Promise<void> {
  const { ledger, phone } = trial;
  if (phone?.ended !== null) ledger.findings.push(`the phone has ended by itself: exit code ${phone?.ended?.code}`);
  else if (!told) {
    ledger.findings.push("after the disturbance the phone does not come to the end by itself");
    ledger.checkSettled();
  }
  await trial.kill();
  ledger.disturbed = false;
  await trial.verify();
}
