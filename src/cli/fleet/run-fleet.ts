import { rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { setFlagsFromString } from "node:v8";
import type { StatedByOption } from "../../config/environment.ts";
import type { FleetConfig } from "../../config/fleet/load-fleet.ts";
import { formatFinding } from "../../cwmp/findings.ts";
import type { FleetEnd } from "../../fleet/fleet.ts";
import type { OpenFleet } from "../../fleet/open-fleet.ts";
import { type Shard, workerConfig } from "../../fleet/shards/shard.ts";
import { printable } from "../../system/printable.ts";
import { type CliIo, EXIT_FAILED } from "../io.ts";
import { untilShutdownSignal } from "../stop-signals.ts";
import { chooseShard } from "./choose-shard.ts";
import { type FleetCommandOptions, STATED } from "./command-options.ts";
import { endOfRun } from "./end-of-run.ts";
import { createFleetLog } from "./fleet-log.ts";
import { createFleetView, type FleetView } from "./view.ts";
import { checkStateFolder } from "./workers/state-folder.ts";

export async function runFleet(file: string | null, options: FleetCommandOptions, io: CliIo): Promise<void> {
  const config = await load(file, options, io);
  for (const warning of config.warnings) io.stderr(`${printable(formatFinding(warning))}\n`);
  if (options.check === true) {
    await (await import("../../fleet/open-fleet.ts")).checkFleet(config);
    const phones = config.groups.reduce((sum, { count }) => sum + count, 0);
    io.stdout(`${file ?? "the command line"}: no mistakes, ${phones} phones\n`);
    return;
  }
  await checkStateFolder(config, options.workers ?? null);
  if (options.workers !== undefined) {
    const { runWorkers } = await import("./workers/run-workers.ts");
    return runWorkers(config, { ...options, workers: options.workers }, { file, io });
  }
  const part = await chooseShard(options, io.env);
  try {
    if (options.worker === true) obeyParent(config.config.control);
    await run(options.worker === true ? workerConfig(config, part.shard) : config, part.shard, options, io);
  } finally {
    await part.release();
  }
}

async function run(config: FleetConfig, shard: Shard, options: FleetCommandOptions, io: CliIo): Promise<void> {
  const stopped = untilShutdownSignal();
  const view = createFleetView(io, options.json === true);
  const log = await createFleetLog(config, io, view);
  const { packageVersion } = await import("../program.ts");
  const { openFleet } = await import("../../fleet/open-fleet.ts");
  const isWorker = options.worker === true;
  const open = await openFleet({ config, version: packageVersion(), log, shard, isWorker });
  if (open.fleet.size >= LARGE_FLEET) setFlagsFromString(`--heap-growing-percent=${LARGE_HEAP_GROWTH_PERCENT}`);
  let end: FleetEnd;
  try {
    end = await play(open, view, stopped);
  } finally {
    const left = await open.close();
    if (left > 0) endWithoutThem(left, view);
  }
  const { summarize } = await import("../../fleet/summary.ts");
  const summary = summarize(config, open.fleet, { ...end, shard });
  view.result(summary);
  await endOfRun(summary, { report: options.report ?? null, results: options.results ?? null }, io);
}

/**
 * Phones from which on V8 collects garbage before its heap has grown by a fifth. Left to itself it doubles it, which with 50,000
 * phones is 600 MiB of garbage. Smaller fleets have the memory, and the collections would cost them time.
 */
const LARGE_FLEET = 20_000;
const LARGE_HEAP_GROWTH_PERCENT = 20;

/** A worker answers its parent's checks, and ends with it: nothing can receive the result then. */
function obeyParent({ enable, socket }: FleetConfig["config"]["control"]): void {
  process.on("message", () => process.send?.("alive"));
  process.on("disconnect", () => {
    if (enable && socket !== null) rmSync(dirname(socket), { recursive: true, force: true });
    process.exit(EXIT_FAILED);
  });
  process.channel?.unref();
}

/** Their pending work would keep the process alive: it ends when the results are written. */
function endWithoutThem(phones: number, view: FleetView): void {
  view.notice(`${phones} phones could not be stopped in time: they end with the process`);
  setTimeout(() => process.exit(), EXIT_AFTER_MS).unref();
}

const EXIT_AFTER_MS = 1000;

async function load(file: string | null, options: FleetCommandOptions, io: CliIo): Promise<FleetConfig> {
  const { loadFleet } = await import("../../config/fleet/load-fleet.ts");
  const stated = STATED.flatMap(([name, option, path]): StatedByOption[] => {
    const text = options[name];
    return text === undefined ? [] : [{ path, option, text }];
  });
  const owned = { path: "iOwnThisAcs", option: "--i-own-this-acs", text: "true" };
  return loadFleet(file, io.env, {
    stated: options.iOwnThisAcs === true ? [...stated, owned] : stated,
    count: options.count ?? null,
    thresholds: options.threshold ?? [],
    controlSocket: options.controlSocket === undefined ? null : resolve(options.controlSocket),
  });
}

/** Resolves at a shutdown signal, or when the run is over. */
async function play({ fleet }: OpenFleet, view: FleetView, stopped: Promise<unknown>): Promise<FleetEnd> {
  fleet.onEvent((event) => view.event(event));
  await fleet.start();
  const end = await Promise.race([fleet.ended, stopped.then((): FleetEnd => ({ failure: null }))]);
  view.notice(`Stopping ${fleet.phones.size} phones`);
  return end;
}
