import { Hono } from "hono";
import type { FleetConfig } from "../../config/fleet/load-fleet.ts";
import { startControlServer } from "../../control/control-server.ts";
import type { FleetFront, FleetOverview } from "../../control/fleet/fleet-control.ts";
import type { LocalInterface } from "../../daemon/local-interfaces.ts";
import type { ProcessPorts } from "../../daemon/phones/shared-parts.ts";
import type { MetricValues } from "../../metrics/summed-metrics.ts";
import type { FormGuard } from "../../web/parts.ts";
import { matchesOf } from "../control/find-phones.ts";
import { fleetMetrics } from "../control/open-metrics.ts";
import { loadFleetApi } from "../control/serve-people.ts";
import type { Fleet } from "../fleet.ts";
import { type LatencySummary, latencySummary } from "../summary.ts";

/** Paths that workers serve to their parent in addition to the API of the fleet. */
export const PRIVATE = {
  /** POST of `Ids`; returns `Found`. */
  find: "/own/find",
  /** Returns `WorkerFigures`. */
  figures: "/own/figures",
  /** Returns `MetricValues`. */
  metrics: "/own/metrics",
  /** The API without passwords, for a page. */
  api: "/api",
  pages: "/pages",
  /** A header of requests for pages: JSON of `FormGuard`. */
  guard: "akuvox-cpe-guard",
} as const;

/** Names or serial numbers. */
export interface Ids {
  readonly ids: readonly string[];
}

/** Names of the matching phones, for each of the ids. */
export type Found = readonly { readonly named: string | null; readonly withSerialNumber: readonly string[] }[];

export interface WorkerFigures {
  readonly overview: FleetOverview;
  /** With histograms: percentiles cannot be added up. */
  readonly requests: LatencySummary;
  readonly sessions: LatencySummary;
}

/** Only the parent connects, once for each of its own clients. */
const MAX_CONNECTIONS = 512;

export interface ServeParentOptions {
  readonly front: FleetFront;
  readonly config: FleetConfig;
  readonly ports: ProcessPorts;
  readonly version: string;
  readonly fleet: Fleet;
}

/** Serves the part of a worker to its parent at `control.socket`, which is in a private folder. Throws AgentError LISTEN. */
export async function serveParent(options: ServeParentOptions): Promise<LocalInterface> {
  const { control, metrics } = options.config.config;
  if (control.socket === null) throw new RangeError("a worker has a socket for its parent");
  const registry = metrics.enable ? await fleetMetrics(options.fleet, { ...options, ...options.ports }) : null;
  const load = () => loadApp(options, async () => (await registry?.getMetricsAsJSON()) ?? []);
  return startControlServer(load, control.socket, MAX_CONNECTIONS);
}

async function loadApp(options: ServeParentOptions, metrics: () => Promise<unknown>): Promise<Hono> {
  const { front, fleet, ports } = options;
  const { createPhonePages } = await import("../../web/fleet/fleet-app.ts");
  const pages = createPhonePages({ phone: await front.served("pages"), log: ports.log });
  const app = new Hono();
  app.get(PRIVATE.figures, async (c) => c.json(await figuresOf(front, fleet)));
  app.get(PRIVATE.metrics, async (c) => c.json((await metrics()) as MetricValues));
  app.post(PRIVATE.find, async (c) => c.json(findAll(fleet, await c.req.json<Ids>())));
  app.all(`${PRIVATE.pages}/*`, (c) => {
    const guard = JSON.parse(c.req.header(PRIVATE.guard) ?? "null") as FormGuard | null;
    return pages.fetch(c.req.raw, guard === null ? {} : { guard });
  });
  app.route(PRIVATE.api, await loadFleetApi(options, "api"));
  app.route("/", await loadFleetApi(options, "socket"));
  return app;
}

async function figuresOf(front: FleetFront, fleet: Fleet): Promise<WorkerFigures> {
  const { requests, sessions } = fleet.figures;
  return {
    overview: await front.fleet.overview(),
    requests: latencySummary(requests),
    sessions: latencySummary(sessions),
  };
}

function findAll({ roster: { directory } }: Fleet, { ids }: Ids): Found {
  return ids.map((id) => {
    const { named, withSerialNumber } = matchesOf(directory, id);
    return { named: named?.name ?? null, withSerialNumber: withSerialNumber.map(({ name }) => name) };
  });
}
