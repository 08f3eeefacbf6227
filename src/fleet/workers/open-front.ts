import type { FleetConfig } from "../../config/fleet/load-fleet.ts";
import type { FleetFront, ServedPart, ServedPhone } from "../../control/fleet/fleet-control.ts";
import { ApiError } from "../../control/problem.ts";
import type { LocalInterface } from "../../daemon/local-interfaces.ts";
import { createProcessPorts } from "../../daemon/phones/shared-parts.ts";
import type { Logger } from "../../ports/logger.ts";
import type { WebEnv } from "../../web/parts.ts";
import { servePeople } from "../control/serve-people.ts";
import { FleetOfWorkers } from "./fleet-of-workers.ts";
import { openSummedMetrics } from "./open-summed-metrics.ts";
import { PRIVATE } from "./serve-parent.ts";
import { forward, WorkerDown, type WorkerLink } from "./worker-link.ts";
import { WorkerPart } from "./worker-part.ts";

export interface FrontOptions {
  /** Completed with the values of clones, as returned by `planFleet`. */
  readonly config: FleetConfig;
  readonly version: string;
  readonly log: Logger;
}

/** Whether the settings enable any interface of the running fleet. */
export function wantsFront({ config: { control, web, metrics } }: FleetConfig): boolean {
  return control.enable || web.enable || metrics.enable;
}

/**
 * Opens one control socket, one page and one metrics port for the phones of all workers, as enabled in the settings. Throws AgentError
 * LISTEN or CONFIG.
 */
export async function openFront(links: readonly WorkerLink[], options: FrontOptions): Promise<LocalInterface> {
  const { config, version, log } = options;
  const ports = createProcessPorts(log);
  const parts = links.map((link) => new WorkerPart(link, config));
  const fleet = new FleetOfWorkers(parts, config);
  const front: FleetFront = { fleet, served: async (part) => forwarded(fleet, part) };
  const metrics = await openSummedMetrics(config, parts, log);
  try {
    const people = await servePeople({ front, config: config.config, ports, version });
    return {
      async close() {
        await people.close();
        await metrics?.close();
      },
    };
  } catch (error) {
    await metrics?.close();
    throw error;
  }
}

const PLACES: Readonly<Record<ServedPart, string>> = { socket: "", api: PRIVATE.api, pages: PRIVATE.pages };

/** Forwards requests for a phone to its worker. */
function forwarded(fleet: FleetOfWorkers, part: ServedPart): ServedPhone {
  return async (id) => {
    const { withinPhone } = await import("../../control/fleet/fleet-api.ts");
    const { part: of, name } = await fleet.find(id);
    return {
      async fetch(request, env: Partial<WebEnv["Bindings"]>) {
        const { pathname, search } = new URL(request.url);
        const path = `${PLACES[part]}/phones/${name}${withinPhone(pathname)}${search}`;
        const guard = { [PRIVATE.guard]: JSON.stringify(env.guard ?? null) };
        return forward(of.link, request, path, guard).catch((error: unknown) => {
          throw error instanceof WorkerDown
            ? new ApiError("WORKER_DOWN", `${name} cannot be reached: ${error.message}`)
            : error;
        });
      },
    };
  };
}
