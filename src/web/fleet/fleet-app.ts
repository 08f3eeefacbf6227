import { Hono } from "hono";
import type { FleetControl, ServedPhone } from "../../control/fleet/fleet-control.ts";
import { createGuardedApp } from "../app.ts";
import type { GuardParts, WebEnv } from "../parts.ts";
import { answerError } from "../refusals.ts";
import { addFleetPages } from "./fleet-pages.ts";
import { FLEET_NAVIGATION } from "./frame.ts";

export interface FleetWebParts extends GuardParts {
  readonly fleet: FleetControl;
  /** The pages of one phone. */
  readonly phone: ServedPhone;
  /** The API of the fleet, served at `/api` behind the log-in. */
  readonly api: Hono;
}

/** The pages of a fleet, and below `/phones/NAME` those of each phone, without a socket. */
export function createFleetWebApp({ fleet, phone, api, ...guard }: FleetWebParts): Hono<WebEnv> {
  const app = createGuardedApp({ ...guard, navigation: FLEET_NAVIGATION });
  app.route("/api", api);
  addFleetPages(app, { fleet, clock: guard.clock });
  app.all("/phones/:phone/*", async (c) =>
    (await phone(c.req.param("phone"))).fetch(c.req.raw, { ...c.env, guard: c.var.guard }),
  );
  return app;
}

/** Only the pages of the phones, below `/pages`: for a parent process, which has checked the log-in and passes `guard`. */
export function createPhonePages({ phone, log }: Pick<FleetWebParts, "phone" | "log">): Hono<WebEnv> {
  const app = new Hono<WebEnv>();
  app.use(async (c, next) => {
    c.set("navigation", FLEET_NAVIGATION);
    await next();
  });
  app.onError(answerError(log));
  app.all("/pages/phones/:phone/*", async (c) => (await phone(c.req.param("phone"))).fetch(c.req.raw, c.env));
  return app;
}
