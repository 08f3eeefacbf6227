import { type Context, Hono } from "hono";
import { getPath } from "hono/utils/url";
import type { Logger } from "../../ports/logger.ts";
import { serveRoutes } from "../api.ts";
import { describeApi } from "../openapi.ts";
import { NAMED_SCHEMAS } from "../schemas.ts";
import type { FleetControl, ServedPhone } from "./fleet-control.ts";
import { fleetRoutes } from "./fleet-routes.ts";
import { FLEET_SCHEMAS } from "./fleet-schemas.ts";

export interface FleetApiParts {
  readonly fleet: FleetControl;
  /** The API of one phone, made with `inPhone`. */
  readonly phone: ServedPhone;
  readonly version: string;
  readonly log: Logger;
}

const DESCRIPTION =
  "A running fleet of phones. Below /phones/{phone}/ is the API of each of them; /phones/{phone}/openapi.json describes it.";

/** For those who ask a fleet what is of one phone. */
const ADVICE =
  "this is a fleet: say which of its phones (--phone NAME, /phones/NAME/…), or see /openapi.json for what it has itself";

/** The API of a fleet, in the shape of that of a single phone. */
export function createFleetApi({ fleet, phone, version, log }: FleetApiParts): Hono {
  const routes = fleetRoutes(fleet);
  const schemas = { Problem: NAMED_SCHEMAS.Problem, ...FLEET_SCHEMAS };
  const description = describeApi(routes, { version, description: DESCRIPTION, schemas });
  const serve = async (c: Context): Promise<Response> =>
    (await phone(c.req.param("phone") ?? "")).fetch(c.req.raw, c.env);
  const more = (api: Hono) => api.all("/phones/:phone/*", serve);
  return serveRoutes(new Hono(), { routes, description, log, more, advice: ADVICE });
}

/** For what is served below `/phones/{phone}`: the path of a request as the phone knows it. */
export function inPhone(request: Request): string {
  return withinPhone(getPath(request));
}

/** The same for a path, which may also be below `/api`, or below the `/pages` of a worker. */
export function withinPhone(path: string): string {
  return path.replace(/^(?:\/api|\/pages)?\/phones\/[^/]+/, "");
}
