import type { Hono } from "hono";
import type { FleetConfig } from "../../config/fleet/load-fleet.ts";
import type { ApiParts } from "../../control/api.ts";
import type { Served, ServedPhone } from "../../control/fleet/fleet-control.ts";
import { ApiError } from "../../control/problem.ts";
import { openControlSocket } from "../../daemon/control-interface.ts";
import type { LocalInterface } from "../../daemon/local-interfaces.ts";
import type { PhoneKind } from "../../daemon/phones/phone-kind.ts";
import type { ProcessPorts } from "../../daemon/phones/shared-parts.ts";
import { openWebPages } from "../../daemon/web-interface.ts";
import { messageReading } from "../../daemon/wire-watchers.ts";
import { createSessionLog } from "../../net/session-log.ts";
import type { WireObserver } from "../../ports/acs-transport.ts";
import type { Fleet } from "../fleet.ts";
import type { FleetPhone } from "../fleet-phone.ts";
import { phoneNamed } from "./find-phones.ts";
import { RunningFleet } from "./running-fleet.ts";
import { type WatchedPhone, WatchedPhones } from "./watched-phones.ts";

export interface FleetInterfacesOptions {
  readonly config: FleetConfig;
  readonly kinds: ReadonlyMap<string, PhoneKind>;
  readonly ports: ProcessPorts;
  readonly version: string;
  /** The fleet, once it is made. */
  readonly fleet: () => Fleet;
}

/** What people and programs reach a running fleet by. */
export interface FleetInterfaces {
  /** Sees the sessions of all phones; null: nobody looks at them. */
  readonly observe: WireObserver | null;
  /** AgentError LISTEN: a port cannot be had. */
  open(): Promise<LocalInterface>;
}

/** Nothing of it is made where the settings ask for nothing. */
export function createInterfaces(options: FleetInterfacesOptions): FleetInterfaces {
  const { control, web } = options.config.config;
  if (!control.enable && !web.enable) return { observe: null, open: async () => ({ close: async () => {} }) };
  const watchedPhones = createWatchedPhones(options);
  return { observe: watchedPhones.observe, open: () => open(options, watchedPhones) };
}

interface Watched extends WatchedPhone {
  readonly phone: FleetPhone;
  readonly kind: PhoneKind;
  /** Those that were made, by where they are served. */
  readonly served: Map<string, Served>;
}

function createWatchedPhones({ fleet, kinds, ports: { log } }: FleetInterfacesOptions): WatchedPhones<Watched> {
  const readings = new Map([...kinds].map(([name, { model }]) => [name, messageReading(model)]));
  return new WatchedPhones({
    open(name) {
      const phone = fleet().phones.get(name);
      const group = phone?.planned.group.name ?? "";
      const [kind, reading] = [kinds.get(group), readings.get(group)];
      if (phone === undefined || kind === undefined || reading === undefined) return null;
      return { name, phone, kind, sessions: createSessionLog({ ...reading, log }), served: new Map() };
    },
  });
}

/** The page first: a port that cannot be had is an error, a socket is none. */
async function open(options: FleetInterfacesOptions, watchedPhones: WatchedPhones<Watched>): Promise<LocalInterface> {
  const { ports, version } = options;
  const { config } = options.config;
  const running = options.fleet();
  const fleet = new RunningFleet({ fleet: running, config: options.config, clock: ports.clock, version });
  const loadApi = async (where: string, passwords: boolean): Promise<Hono> => {
    const { createFleetApi, inPhone } = await import("../../control/fleet/fleet-api.ts");
    const { createApi } = await import("../../control/api.ts");
    const make = (watched: Watched): Hono => createApi(apiParts(watched, options, passwords), { getPath: inPhone });
    const phone = servedBy(running, watchedPhones, where, make);
    return createFleetApi({ fleet, phone, version, log: ports.log });
  };
  const page = await openWebPages({ config, ...ports }, async (guard) => {
    const { createFleetWebApp } = await import("../../web/fleet/fleet-app.ts");
    const make = await loadPhonePages();
    const pagesOf = (watched: Watched) => make({ ...watched, ...ports, api: apiParts(watched, options, false) });
    const api = await loadApi("api", false);
    return () => createFleetWebApp({ ...guard, fleet, phone: servedBy(running, watchedPhones, "pages", pagesOf), api });
  });
  const socket = await openControlSocket({ config, log: ports.log }, () => loadApi("socket", true));
  return {
    async close() {
      await socket?.close();
      await page?.close();
    },
  };
}

function apiParts(
  { phone: { phone }, sessions }: Watched,
  { ports, version }: FleetInterfacesOptions,
  passwords: boolean,
): ApiParts {
  const { log, scheduler } = ports;
  return { agent: phone.agent, sessions, scheduler, version, log, passwords };
}

/** What is served for one phone is made when it is first asked for, and kept as long as it is watched. */
function servedBy(
  fleet: Fleet,
  watchedPhones: WatchedPhones<Watched>,
  where: string,
  make: (watched: Watched) => Served,
): ServedPhone {
  return async (id) => {
    const { name } = phoneNamed(fleet, id);
    const watched = watchedPhones.of(name);
    if (watched === null) throw new ApiError("PHONE_DOWN", `the phone ${name} has not been started yet`);
    const served = watched.served.get(where) ?? make(watched);
    watched.served.set(where, served);
    return served;
  };
}

interface PhonePagesOptions extends Pick<ProcessPorts, "clock" | "scheduler" | "log"> {
  readonly name: string;
  readonly kind: PhoneKind;
  readonly api: ApiParts;
}

/** The pages of a single phone, for one of a fleet. What they are made of is loaded once somebody may look at them. */
async function loadPhonePages(): Promise<(options: PhonePagesOptions) => Served> {
  const { createApi } = await import("../../control/api.ts");
  const { inPhone } = await import("../../control/fleet/fleet-api.ts");
  const { createPagesBelow } = await import("../../web/app.ts");
  const { abovePhone } = await import("../../web/fleet/frame.ts");
  return ({ name, kind: { model }, api, clock, scheduler, log }) => {
    const { agent, sessions, version } = api;
    const { local, history } = agent;
    const parts = { ...{ local, history, sessions, model, version, clock, scheduler, log }, api: createApi(api) };
    return createPagesBelow(parts, { base: `/phones/${name}`, title: name, above: abovePhone(name), getPath: inPhone });
  };
}
