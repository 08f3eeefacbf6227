import type { FleetConfig } from "../../../config/fleet/load-fleet.ts";
import { planFleet } from "../../../fleet/open-fleet.ts";
import { mergeResults } from "../../../fleet/results/merge-results.ts";
import { sumMoments } from "../../../fleet/results/merged-timeline.ts";
import { WHOLE_FLEET } from "../../../fleet/shards/shard.ts";
import type { FleetSummary } from "../../../fleet/summary.ts";
import { CliExit, type CliIo, EXIT_FAILED } from "../../io.ts";
import { untilShutdownSignal } from "../../stop-signals.ts";
import { type FleetCommandOptions, STATED } from "../command-options.ts";
import { endOfRun } from "../end-of-run.ts";
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
  const { plan } = await planFleet(config, WHOLE_FLEET);
  const { workers: count } = options;
  const view = createFleetView(io, options.json === true);
  const stopped = untilShutdownSignal();
  const workers = Array.from({ length: count }, (_, index) => {
    const shard = { index, count };
    return new WorkerProcess(shard, argumentsOf(file, options, stateArguments(config, shard)), {
      event: (event) => view.event(event),
      stderr: (text) => view.above(() => io.stderr(text)),
    });
  });
  const stop = (): void => {
    for (const worker of workers) worker.stop();
  };
  void stopped.then(stop);
  const stopFigures = showFigures(workers, plan.length, view);
  const ends = await Promise.all(workers.map((worker) => endOf(worker, view, stop)));
  stopFigures();
  const [first, ...others] = ends.flatMap(({ result }) => result ?? []);
  if (first === undefined) throw new CliExit(EXIT_FAILED);
  const summary = withDeaths(mergeResults([first, ...others]), workers, ends);
  view.result(summary);
  await endOfRun(summary, { report: options.report ?? null, results: null }, io);
}

/** Adds up the figures of all workers once a second. Returns the function that stops it. */
function showFigures(workers: readonly WorkerProcess[], phones: number, view: FleetView): () => void {
  const startMs = performance.now();
  const timer = setInterval(() => {
    const now = workers.map((worker) => worker.take());
    if (now.some(({ last }) => last !== null))
      view.event({ kind: "moment", moment: { ...sumMoments(performance.now() - startMs, now), phones } });
  }, MOMENT_MS);
  return () => clearInterval(timer);
}

/** A worker that cannot start ends the fleet; if one dies later its phones are lost, and the others continue. */
async function endOf(worker: WorkerProcess, view: FleetView, stop: () => void): Promise<WorkerEnd> {
  const end = await worker.ended;
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
