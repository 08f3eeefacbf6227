import type { Hono } from "hono";
import type { Config } from "../../config/load-config.ts";
import type { FleetFront } from "../../control/fleet/fleet-control.ts";
import { openControlSocket } from "../../daemon/control-interface.ts";
import type { LocalInterface } from "../../daemon/local-interfaces.ts";
import type { ProcessPorts } from "../../daemon/phones/shared-parts.ts";
import { openWebPages } from "../../daemon/web-interface.ts";

export interface ServePeopleOptions {
  readonly front: FleetFront;
  /** Of the process. */
  readonly config: Config;
  readonly ports: Pick<ProcessPorts, "clock" | "random" | "log">;
  readonly version: string;
}

/** The API of a fleet, including the APIs of its phones. */
export async function loadFleetApi(
  { front, ports: { log }, version }: Pick<ServePeopleOptions, "front" | "ports" | "version">,
  part: "socket" | "api",
): Promise<Hono> {
  const { createFleetApi } = await import("../../control/fleet/fleet-api.ts");
  return createFleetApi({ fleet: front.fleet, phone: await front.served(part), version, log });
}

/**
 * Opens the page and the control socket of a fleet, as enabled in the settings. A port that cannot be used is an error; a socket that
 * cannot be used is only logged. Throws AgentError LISTEN or CONFIG.
 */
export async function servePeople(options: ServePeopleOptions): Promise<LocalInterface> {
  const { front, config, ports } = options;
  const page = await openWebPages({ config, ...ports }, async (guard) => {
    const { createFleetWebApp } = await import("../../web/fleet/fleet-app.ts");
    const [phone, api] = [await front.served("pages"), await loadFleetApi(options, "api")];
    return () => createFleetWebApp({ ...guard, fleet: front.fleet, phone, api });
  });
  const socket = await openControlSocket({ config, log: ports.log }, () => loadFleetApi(options, "socket"));
  return {
    async close() {
      await socket?.close();
      await page?.close();
    },
  };
}
