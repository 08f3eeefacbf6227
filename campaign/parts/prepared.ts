import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CampaignAcs } from "../acs/acs.ts";
import { type FileCall, overShim, readFileCalls } from "../layers/file-calls.ts";
import { Ledger } from "../oracle/ledger.ts";
import type { PhoneState } from "../oracle/phone-state.ts";
import { type BackendName, layBelowHooks } from "../phone/settings.ts";
import { callInSession, firstFiles } from "../rounds.ts";
import { play, SCENARIOS, type Scenario, type ScenarioName } from "../scenarios.ts";
import { folderName, Trial } from "../trial.ts";
import type { PartContext } from "./part.ts";

const MAX_MS = 40_000;

interface Template {
  readonly folder: string;
  readonly factory: PhoneState;
  readonly state: PhoneState;
}

/** Phones that have reported everything to their ACS, made once for each backend and ACS, and copied for each trial. */
export class PreparedPhones {
  readonly #context: PartContext;
  readonly #made = new Map<string, Promise<Template>>();

  constructor(context: PartContext) {
    this.#context = context;
  }

  /** A trial at the beginning of a scenario. */
  async open(acs: CampaignAcs, backend: BackendName, scenario: ScenarioName): Promise<Trial> {
    const { main, scratch } = this.#context;
    const options = { main, folder: folderName(scratch, `${backend}-${scenario}`), backend, acs };
    const { isFresh = false, looks = false } = SCENARIOS[scenario] as Scenario;
    if (isFresh) return Trial.open(options);
    const key = `${backend}-${acs.port}-${looks}`;
    const made = this.#made.get(key) ?? this.#prepare(acs, backend, looks);
    this.#made.set(key, made);
    const { folder, factory, state } = await made;
    return Trial.resume(options, folder, Ledger.ofSettled(factory, state, looks ? firstFiles(acs) : null));
  }

  /** @param looks the phone knows its file server */
  async #prepare(acs: CampaignAcs, backend: BackendName, looks: boolean): Promise<Template> {
    const { main, scratch } = this.#context;
    const trial = await Trial.open({ main, folder: folderName(scratch, `prepared-${backend}`), backend, acs });
    try {
      await trial.verify();
      if (looks) {
        trial.start();
        await callInSession(trial, ["file server"], MAX_MS);
        await trial.kill();
      }
      const { factory, state, findings } = trial.ledger;
      if (factory === null || state === null || findings.length > 0)
        throw new Error(`a new phone fails: ${findings.join("; ")}`);
      const folder = folderName(scratch, `template-${backend}`);
      await trial.snapshot(folder);
      return { folder, factory, state };
    } finally {
      await trial.close(false);
    }
  }
}

/** The file calls of a scenario that nothing disturbs, with their bytes, and when each answer had come to the ACS. */
export async function traceScenario(trial: Trial, shim: string, scenario: ScenarioName): Promise<readonly FileCall[]> {
  const folder = `${trial.folder}-trace`;
  await mkdir(folder);
  const trace = join(folder, "calls");
  try {
    const layer = overShim(shim, { root: trial.folder, trace });
    await layBelowHooks(trial.folder, layer.environment);
    trial.start(layer);
    const done = await play(trial, scenario, MAX_MS);
    await trial.kill();
    if (!done || trial.ledger.findings.length > 0) {
      const why = [...trial.ledger.findings, ...(done ? [] : ["it does not come to its end"])].join("; ");
      throw new Error(`the scenario ${scenario} fails without any disturbance: ${why}`);
    }
    return await readFileCalls(trace);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
