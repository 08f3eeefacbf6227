import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { FleetConfig } from "../../../config/fleet/load-fleet.ts";
import { isSocketPath } from "../../../control/socket-place.ts";
import { planFleet } from "../../../fleet/open-fleet.ts";
import { mergeResults } from "../../../fleet/results/merge-results.ts";
import { sumMoments } from "../../../fleet/results/merged-timeline.ts";
import { type Shard, WHOLE_FLEET } from "../../../fleet/shards/shard.ts";
import type { FleetSummary } from "../../../fleet/summary.ts";
import { wantsFront } from "../../../fleet/workers/open-front.ts";
import { makeTemporaryFolder } from "../../../system/temporary-folder.ts";
import { CliExit, type CliIo, EXIT_FAILED, UsageError } from "../../io.ts";
import { packageVersion } from "../../program.ts";
import { untilShutdownSignal } from "../../stop-signals.ts";
import { type FleetCommandOptions, STATED } from "../command-options.ts";
import { endOfRun } from "../end-of-run.ts";
import { createFleetLog } from "../fleet-log.ts";
import { createFleetView, type FleetView } from "../view.ts";
import { workerFolder } from "./state-folder.ts";
import { type WorkerEnd, WorkerProcess } from "./worker-process.ts";

const MOMENT_MS = 1000;

interface Invocation {
  readonly file: string | null;
  readonly io: CliIo;
}

/**
 * A fleet in several processes: each runs a part of the phones, as with `--shard`, and this one adds up their results.
 *
 * @throws FindingsError or AgentError where fleet.yaml has mistakes: nothing was started; CliExit 1 where a worker has died, a part has
 *   failed, or a threshold does not hold
 */
export async function runWorkers(
  config: FleetConfig,
  options: FleetCommandOptions & { readonly workers: number },
  { file, io }: Invocation,
): Promise<void> {
  const { plan, config: complete } = await planFleet(config, WHOLE_FLEET);
  const phones = plan.length;
  const view = createFleetView(io, options.json === true);
  const stopped = untilShutdownSignal();
  const folder = wantsFront(config) ? await makeSocketFolder(options.workers) : null;
  const workers = createWorkers(options.workers, folder, { view, io });
  let ends: readonly WorkerEnd[];
  try {
    const close = folder === null ? async () => {} : await openInterfaces(workers, complete, { view, io });
    ends = await runAll(workers, { phones, view, stopped }, (shard) =>
      argumentsOf(file, options, stateArguments(config, shard)),
    );
    await close();
  } finally {
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  }
  const [first, ...others] = ends.flatMap(({ result }) => result ?? []);
  if (first === undefined) throw new CliExit(EXIT_FAILED);
  const summary = withDeaths(mergeResults([first, ...others]), workers, ends);
  view.result(summary);
  await endOfRun(summary, { report: options.report ?? null, results: null }, io);
}

async function makeSocketFolder(count: number): Promise<string> {
  const folder = await makeTemporaryFolder("akuvox-cpe-workers-");
  if (isSocketPath(join(folder, String(count)))) return folder;
  await rm(folder, { recursive: true });
  throw new UsageError(
    `the path of the folder for temporary files is too long for the sockets of workers: set TMPDIR to a shorter one than ${dirname(folder)}`,
  );
}

interface Output {
  readonly view: FleetView;
  readonly io: CliIo;
}

/** @param folder for the sockets of the workers; null: no interface needs them */
function createWorkers(count: number, folder: string | null, { view, io }: Output): readonly WorkerProcess[] {
  return Array.from({ length: count }, (_, index) => {
    const socket = folder === null ? "" : join(folder, String(index));
    return new WorkerProcess({ index, count }, socket, {
      event: (event) => view.event(event),
      stderr: (text) => view.above(() => io.stderr(text)),
    });
  });
}

/** Returns the function that closes them. */
async function openInterfaces(
  workers: readonly WorkerProcess[],
  config: FleetConfig,
  { view, io }: Output,
): Promise<() => Promise<void>> {
  const { openFront } = await import("../../../fleet/workers/open-front.ts");
  const log = await createFleetLog(config, io, view);
  const front = await openFront(workers, { config, version: packageVersion(), log });
  return () => front.close();
}

interface Run {
  readonly phones: number;
  readonly view: FleetView;
  readonly stopped: Promise<unknown>;
}

/** Starts all workers. Resolves when all have ended. */
async function runAll(
  workers: readonly WorkerProcess[],
  { phones, view, stopped }: Run,
  args: (shard: Shard) => readonly string[],
): Promise<readonly WorkerEnd[]> {
  const stop = (): void => {
    for (const worker of workers) worker.stop();
  };
  const ended = workers.map((worker) => endOf(worker, worker.start(args(worker.shard)), { view, stop }));
  void stopped.then(stop);
  const stopFigures = showFigures(workers, phones, view);
  const ends = await Promise.all(ended);
  stopFigures();
  return ends;
}

/** Adds up the figures of all workers once a second, and checks that they are alive. Returns the function that stops it. */
function showFigures(workers: readonly WorkerProcess[], phones: number, view: FleetView): () => void {
  const startMs = performance.now();
  const timer = setInterval(() => {
    for (const worker of workers) worker.check();
    const now = workers.map((worker) => worker.take());
    if (now.every(({ last }) => last === null)) return;
    const moment = sumMoments(performance.now() - startMs, now);
    const isComplete = now.every(({ last }) => last !== null);
    view.event({ kind: "moment", moment: isComplete ? moment : { ...moment, phones } });
  }, MOMENT_MS);
  return () => clearInterval(timer);
}

/** A worker that fails or cannot start ends the fleet; if one dies later its phones are lost, and the others continue. */
async function endOf(
  worker: WorkerProcess,
  ended: Promise<WorkerEnd>,
  { view, stop }: { readonly view: FleetView; readonly stop: () => void },
): Promise<WorkerEnd> {
  const end = await ended;
  if (end.result === null) view.notice(`${worker.name} has died (${end.how}): its phones are gone`);
  if (!worker.hasStarted || (end.result !== null && end.result.failure !== null)) stop();
  return end;
}

function withDeaths(
  summary: FleetSummary,
  workers: readonly WorkerProcess[],
  ends: readonly WorkerEnd[],
): FleetSummary {
  const deaths = workers.flatMap(({ name }, at) => {
    const end = ends[at];
    return end === undefined || end.result !== null ? [] : [`${name} has died (${end.how})`];
  });
  if (deaths.length === 0) return summary;
  return { ...summary, failure: [...deaths, summary.failure].filter((text) => text !== null).join("; ") };
}

/** The command line of a worker: the options for phones, and for the folder of results. */
function argumentsOf(file: string | null, options: FleetCommandOptions, state: readonly string[]): readonly string[] {
  const { count, threshold, iOwnThisAcs, results } = options;
  const stated = STATED.flatMap(([name, option]) => {
    const text = options[name];
    return text === undefined || name === "stateDir" ? [] : [`${option}=${text}`];
  });
  return [
    ...(file === null ? [] : [file]),
    ...stated,
    ...(count === undefined ? [] : [`--count=${count}`]),
    ...(threshold ?? []).map((text) => `--threshold=${text}`),
    ...(iOwnThisAcs === true ? ["--i-own-this-acs"] : []),
    ...(results === undefined ? [] : [`--results=${results}`]),
    ...state,
  ];
}

function stateArguments({ stateFolder }: FleetConfig, shard: { readonly index: number; readonly count: number }) {
  return stateFolder === null ? [] : [`--state-dir=${workerFolder(stateFolder, shard)}`];
}
