import { constants } from "node:os";
import { createSeededRandom } from "../../src/system/seeded-random.ts";
import { type Fault, type FileCall, overShim } from "../layers/file-calls.ts";
import type { BackendName } from "../phone/settings.ts";
import { play, SCENARIO_NAMES, type ScenarioName } from "../scenarios.ts";
import type { Trial } from "../trial.ts";
import type { Part, PartContext, PartPlan, PlannedTrial, TrialResult } from "./part.ts";
import { PreparedPhones, traceScenario } from "./prepared.ts";
import { shuffled } from "./shuffled.ts";

const { EACCES, EIO, ENOSPC, EROFS, EMFILE } = constants.errno;

type FaultKind = Omit<Fault, "at"> & { readonly name: string };

const ONCE: readonly FaultKind[] = [
  { name: "eio", kind: EIO, times: 1 },
  { name: "kill", kind: "kill", times: 1 },
  { name: "killed", kind: "killed", times: 1 },
];
const FULL: FaultKind = { name: "enospc-for-good", kind: ENOSPC, times: 0 };
const READ_ONLY: FaultKind = { name: "erofs-for-good", kind: EROFS, times: 0 };
const SHORT: FaultKind = { name: "short", kind: "short", times: 1 };
const NO_DESCRIPTOR: FaultKind = { name: "emfile", kind: EMFILE, times: 1 };
const STATS: readonly FaultKind[] = [
  { name: "eio", kind: EIO, times: 1 },
  { name: "eacces", kind: EACCES, times: 1 },
  { name: "eio-of-stat-for-good", kind: EIO, times: -1 },
  { name: "eacces-of-stat-for-good", kind: EACCES, times: -1 },
];

/** The possible faults of each call. */
const KINDS: Readonly<Record<string, readonly FaultKind[]>> = {
  open: [...ONCE, FULL, READ_ONLY, NO_DESCRIPTOR],
  "open-read": [{ name: "eio", kind: EIO, times: 1 }, NO_DESCRIPTOR],
  read: [{ name: "eio", kind: EIO, times: 1 }],
  stat: STATS,
  write: [...ONCE, FULL, SHORT],
  fsync: [...ONCE, FULL],
  fdatasync: [...ONCE, FULL],
  rename: [...ONCE, READ_ONLY],
  mkdir: [...ONCE, FULL, READ_ONLY],
  unlink: [...ONCE, READ_ONLY],
  rmdir: [...ONCE, READ_ONLY],
  ftruncate64: [...ONCE, READ_ONLY],
};

const FAULTS_OF_A_PAIR = 16;
/** One that fails for good may never come to its end. */
const MAX_MS = { once: 75_000, forGood: 5_000 };

/** A fault at every file call in turn, of every kind that can befall it. */
export const faults: Part = {
  name: "faults",
  async trials(plan) {
    const { context, count } = plan;
    if (context.shim === null) return [];
    const random = createSeededRandom(`${context.seed}/faults`);
    const phones = new PreparedPhones(context);
    const pairs = shuffled(pairsOf(plan), random).slice(0, Math.ceil(count / FAULTS_OF_A_PAIR));
    const planned: PlannedTrial[] = [];
    for (const [backend, scenario] of pairs) {
      const all = await faultsOf(context, phones, backend, scenario);
      if (count === Number.POSITIVE_INFINITY) planned.push(...all);
      else planned.push(...shuffled(all, random).slice(0, Math.ceil(count / pairs.length)));
    }
    return planned;
  },
};

/** Every scenario with the first backend; with the others those that reach the backend itself. */
function pairsOf({ backends, only }: PartPlan): readonly (readonly [BackendName, ScenarioName])[] {
  const others: readonly ScenarioName[] = ["set", "objects", "factory-reset", "download", "firmware"];
  const pairs = backends.flatMap((backend, at) =>
    (at === 0 ? SCENARIO_NAMES : others.filter((name) => backend !== "plug-in" || name !== "firmware")).map(
      (scenario) => [backend, scenario] as const,
    ),
  );
  return pairs.filter(([backend, scenario]) => {
    const id = `${backend}:${scenario}:`;
    return id.startsWith(only) || only.startsWith(id);
  });
}

async function faultsOf(
  context: PartContext,
  phones: PreparedPhones,
  backend: BackendName,
  scenario: ScenarioName,
): Promise<readonly PlannedTrial[]> {
  const calls = await withTrial(context, phones, backend, scenario, (trial, shim) =>
    traceScenario(trial, shim, scenario),
  );
  // Hooks are programs of others: their faults are for the agent to answer, not for it to survive.
  const [first] = calls;
  const own = calls.filter(({ pid }) => pid === first?.pid);
  return own.flatMap((call) =>
    (KINDS[call.name] ?? []).map((kind) => ({
      id: `${backend}:${scenario}:${call.number}:${kind.name}`,
      run: (context: PartContext): Promise<TrialResult> =>
        withTrial(context, phones, backend, scenario, (trial, shim) => oneFault(trial, shim, scenario, call, kind)),
    })),
  );
}

async function withTrial<T>(
  { servers, shim }: PartContext,
  phones: PreparedPhones,
  backend: BackendName,
  scenario: ScenarioName,
  run: (trial: Trial, shim: string) => Promise<T>,
): Promise<T> {
  const acs = await servers.take(false);
  const trial = await phones.open(acs, backend, scenario);
  try {
    return await run(trial, shim ?? "");
  } finally {
    await trial.close();
    servers.giveBack(acs);
  }
}

async function oneFault(
  trial: Trial,
  shim: string,
  scenario: ScenarioName,
  call: FileCall,
  { kind, times, name }: FaultKind,
): Promise<TrialResult> {
  const { ledger, folder } = trial;
  ledger.disturbed = true;
  const phone = trial.start(overShim(shim, { root: folder, fault: { at: call.number, kind, times } }));
  const told = await play(trial, scenario, times === 1 ? MAX_MS.once : MAX_MS.forGood);
  if (phone.ended === null && !told && times === 1 && typeof kind === "number") {
    ledger.findings.push("after the fault the phone does not come to the end by itself");
    ledger.checkSettled();
  }
  checkExit(trial, kind);
  await trial.kill();
  ledger.disturbed = false;
  if (times !== 1) ledger.mayRepeat();
  await trial.verify();
  const where = `${name} at call ${call.number}, ${call.name} of ${call.path.slice(call.path.lastIndexOf("/") + 1)}`;
  return { inputs: 1, counts: ledger.counts, findings: ledger.findings.map((text) => `${where}: ${text}`), folder };
}

/** 0 and 2 are not started again by a service manager: 0 is an end that was wished for, 2 a mistake of a person, such as a mode. */
function checkExit({ phone, ledger }: Trial, kind: Fault["kind"]): void {
  const code = phone?.ended?.code ?? null;
  if (code === 0 || (code === 2 && kind !== EACCES))
    ledger.findings.push(`the phone ends with exit code ${code}, which is not started again`);
}
