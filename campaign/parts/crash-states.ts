import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createSeededRandom } from "../../src/system/seeded-random.ts";
import type { CampaignAcs } from "../acs/acs.ts";
import { type CrashImage, crashImages } from "../layers/crash-images.ts";
import type { FileCall } from "../layers/file-calls.ts";
import type { Ledger } from "../oracle/ledger.ts";
import { type LedgerRecord, recordLedger } from "../oracle/recorded-ledger.ts";
import type { BackendName } from "../phone/settings.ts";
import { SCENARIO_NAMES, type ScenarioName } from "../scenarios.ts";
import { folderName, Trial } from "../trial.ts";
import type { Part, PartContext, PlannedTrial, TrialResult } from "./part.ts";
import { PreparedPhones, traceScenario } from "./prepared.ts";
import { shuffled } from "./shuffled.ts";

const IMAGES_OF_A_SAMPLE = 5;

/** A start on everything that a power cut may leave of what was not synced, at every moment of each scenario. */
export const crashStates: Part = {
  name: "crash-states",
  trials({ context, backends, count, only }) {
    if (context.shim === null) return [];
    const phones = new PreparedPhones(context);
    const pairs = backends
      .flatMap((backend) => scenariosOf(backend).map((scenario) => [backend, scenario] as const))
      .filter(([backend, scenario]) => `${backend}:${scenario}`.startsWith(only));
    const isWhole = count === Number.POSITIVE_INFINITY;
    const random = createSeededRandom(`${context.seed}/crash-states`);
    const chosen = isWhole ? pairs : inRounds(shuffled(pairs, random)).slice(0, Math.ceil(count / IMAGES_OF_A_SAMPLE));
    return chosen.map(
      ([backend, scenario]): PlannedTrial => ({
        id: `${backend}:${scenario}`,
        run: (context) =>
          startOnImages(context, phones, { backend, scenario, most: isWhole ? null : IMAGES_OF_A_SAMPLE }),
      }),
    );
  },
};

type BackendScenario = readonly [BackendName, ScenarioName];

/** One of each backend, and then another of each. */
function inRounds(pairs: readonly BackendScenario[]): readonly BackendScenario[] {
  const roundOf = (at: number): number => pairs.slice(0, at).filter(([backend]) => backend === pairs[at]?.[0]).length;
  const rounds = pairs.map((pair, at) => ({ pair, round: roundOf(at) }));
  return rounds.sort((one, other) => one.round - other.round).map(({ pair }) => pair);
}

/** The example of a plug-in takes no firmware and gives no file. */
function scenariosOf(backend: BackendName): readonly ScenarioName[] {
  return SCENARIO_NAMES.filter((name) => backend !== "plug-in" || (name !== "firmware" && name !== "upload"));
}

interface Pair {
  readonly backend: BackendName;
  readonly scenario: ScenarioName;
  readonly most: number | null;
}

async function startOnImages(context: PartContext, phones: PreparedPhones, pair: Pair): Promise<TrialResult> {
  const acs = await context.servers.take(false);
  const { backend, scenario, most } = pair;
  const folder = folderName(context.scratch, `crash-${backend}-${scenario}`);
  const sum = { inputs: 0, counts: {} as Record<string, number>, findings: [] as string[], folder };
  try {
    const { images, calls, record, root } = await recordScenario(context, phones, acs, pair);
    const random = createSeededRandom(`${context.seed}/crash-states/${backend}/${scenario}`);
    const chosen = most === null ? images : shuffled(images, random).slice(0, most);
    for (const image of chosen) {
      const ledger = record.replay(calls[image.before]?.at ?? process.hrtime.bigint());
      const findings = await startOnImage({ context, acs, backend, folder, root }, image, ledger);
      sum.inputs += 1;
      for (const text of findings) sum.findings.push(`before call ${image.before + 1}, ${image.what}: ${text}`);
      for (const [name, count] of Object.entries(ledger.counts)) sum.counts[name] = (sum.counts[name] ?? 0) + count;
    }
  } finally {
    context.servers.giveBack(acs);
  }
  return sum;
}

interface Recorded {
  readonly images: readonly CrashImage[];
  readonly calls: readonly FileCall[];
  readonly record: LedgerRecord;
  readonly root: string;
}

async function recordScenario(
  { shim }: PartContext,
  phones: PreparedPhones,
  acs: CampaignAcs,
  { backend, scenario }: Pair,
): Promise<Recorded> {
  const trial = await phones.open(acs, backend, scenario);
  const record = recordLedger(trial.ledger);
  trial.ledger = record.ledger;
  try {
    const base = await readTree(trial.folder);
    const calls = await traceScenario(trial, shim ?? "", scenario);
    return { images: crashImages(base, calls), calls, record, root: trial.folder };
  } finally {
    await trial.close(false);
  }
}

interface Place {
  readonly context: PartContext;
  readonly acs: CampaignAcs;
  readonly backend: BackendName;
  readonly folder: string;
  readonly root: string;
}

async function startOnImage(
  { context, acs, backend, folder, root }: Place,
  image: CrashImage,
  ledger: Ledger,
): Promise<readonly string[]> {
  const from = `${folder}-image`;
  await writeTree(from, root, image.entries);
  const trial = await Trial.resume({ main: context.main, folder, backend, acs }, from, ledger);
  const before = ledger.findings.length;
  try {
    await trial.verify();
    return ledger.findings.slice(before);
  } finally {
    await trial.close(false);
    await rm(from, { recursive: true, force: true });
  }
}

/** Every file and folder, by absolute path; a folder is null. */
async function readTree(root: string): Promise<ReadonlyMap<string, Buffer | null>> {
  const tree = new Map<string, Buffer | null>([[root, null]]);
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) tree.set(path, null);
    else if (entry.isFile()) tree.set(path, await readFile(path));
  }
  return tree;
}

async function writeTree(folder: string, root: string, entries: ReadonlyMap<string, Buffer | null>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [path, bytes] of entries) {
    const target = `${folder}${path.slice(root.length)}`;
    await mkdir(bytes === null ? target : dirname(target), { recursive: true, mode: 0o700 });
    if (bytes !== null) await writeFile(target, bytes, { mode: target.endsWith(".sh") ? 0o755 : 0o600 });
  }
}
