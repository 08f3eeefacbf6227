import type { FleetConfig } from "../../config/fleet/load-fleet.ts";
import type { ApiParts } from "../../control/api.ts";
import type { FleetFront, Served, ServedPart, ServedPhone } from "../../control/fleet/fleet-control.ts";
import { ApiError } from "../../control/problem.ts";
import type { LocalInterface } from "../../daemon/local-interfaces.ts";
import type { PhoneKind } from "../../daemon/phones/phone-kind.ts";
import type { ProcessPorts } from "../../daemon/phones/shared-parts.ts";
import { messageReading } from "../../daemon/wire-watchers.ts";
import { createSessionLog } from "../../net/session-log.ts";
import type { WireObserver } from "../../ports/acs-transport.ts";
import type { Fleet } from "../fleet.ts";
import type { FleetPhone } from "../fleet-phone.ts";
import { phoneNamed } from "./find-phones.ts";
import { RunningFleet } from "./running-fleet.ts";
import { servePeople } from "./serve-people.ts";
import { type WatchedPhone, WatchedPhones } from "./watched-phones.ts";

export interface FleetInterfacesOptions {
  readonly config: FleetConfig;
  readonly kinds: ReadonlyMap<string, PhoneKind>;
  readonly ports: ProcessPorts;
  readonly version: string;
  /** Whether it is a worker: its interfaces are served by its parent. */
  readonly isWorker: boolean;
  /** The fleet, once it is made. */
  readonly fleet: () => Fleet;
}

/** The interfaces of a running fleet for people and programs. */
export interface FleetInterfaces {
  /** Observes the sessions of all phones; null: no observer. */
  readonly observe: WireObserver | null;
  /** AgentError LISTEN: a port cannot be had. */
  open(): Promise<LocalInterface>;
}

/** Nothing of it is made where the settings ask for nothing. */
export function createInterfaces(options: FleetInterfacesOptions): FleetInterfaces {
  const { config, ports, version, isWorker } = options;
  const { control, web } = config.config;
  if (!control.enable && !web.enable) return { observe: null, open: async () => ({ close: async () => {} }) };
  const watchedPhones = createWatchedPhones(options);
  return {
    observe: watchedPhones.observe,
    async open() {
      const front = localFront(options, watchedPhones);
      if (!isWorker) return servePeople({ front, config: config.config, ports, version });
      const { serveParent } = await import("../workers/serve-parent.ts");
      return serveParent({ front, config, ports, version, fleet: options.fleet() });
    },
  };
}

interface Watched extends WatchedPhone {
  readonly phone: FleetPhone;
  readonly kind: PhoneKind;
  /** Those that were made, by where they are served. */
  readonly served: Map<ServedPart, Served>;
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

/** The fleet of this process, and what is served for its phones. */
function localFront(options: FleetInterfacesOptions, watchedPhones: WatchedPhones<Watched>): FleetFront {
  const { config, ports, version } = options;
  const running = options.fleet();
  const fleet = new RunningFleet({ fleet: running, config, clock: ports.clock, version });
  const makers = {
    socket: () => loadPhoneApi(options, true),
    api: () => loadPhoneApi(options, false),
    pages: () => loadPhonePages(options),
  };
  return {
    fleet,
    served: async (part) => servedBy(running, watchedPhones, part, await makers[part]()),
  };
}

async function loadPhoneApi(
  options: FleetInterfacesOptions,
  passwords: boolean,
): Promise<(watched: Watched) => Served> {
  const { createApi } = await import("../../control/api.ts");
  const { inPhone } = await import("../../control/fleet/fleet-api.ts");
  return (watched) => createApi(apiParts(watched, options, passwords), { getPath: inPhone });
}

function apiParts(
  { name, phone: { phone }, sessions }: Watched,
  { fleet, ports, version }: FleetInterfacesOptions,
  passwords: boolean,
): ApiParts {
  const { log, scheduler } = ports;
  const isPaused = (): boolean => fleet().pauses.isPaused(name);
  return { agent: phone.agent, sessions, scheduler, version, log, passwords, isPaused };
}

/** The interfaces of one phone are created at the first request, and kept as long as it is watched. */
function servedBy(
  fleet: Fleet,
  watchedPhones: WatchedPhones<Watched>,
  part: ServedPart,
  make: (watched: Watched) => Served,
): ServedPhone {
  return async (id) => {
    const { name } = phoneNamed(fleet, id);
    const watched = watchedPhones.of(name);
    if (watched === null) throw new ApiError("PHONE_DOWN", `the phone ${name} has not been started yet`);
    const served = watched.served.get(part) ?? make(watched);
    watched.served.set(part, served);
    return served;
  };
}

/** The pages of a single phone, for one of a fleet. What they are made of is loaded once somebody may look at them. */
async function loadPhonePages(options: FleetInterfacesOptions): Promise<(watched: Watched) => Served> {
  const { createApi } = await import("../../control/api.ts");
  const { inPhone } = await import("../../control/fleet/fleet-api.ts");
  const { createPagesBelow } = await import("../../web/app.ts");
  const { abovePhone } = await import("../../web/fleet/frame.ts");
  const { clock, scheduler, log } = options.ports;
  return (watched) => {
    const { name, kind, sessions } = watched;
    const api = apiParts(watched, options, false);
    const { local, history } = api.agent;
    const { version } = api;
    const parts = { local, history, sessions, model: kind.model, version, clock, scheduler, log, api: createApi(api) };
    return createPagesBelow(parts, { base: `/phones/${name}`, title: name, above: abovePhone(name), getPath: inPhone });
  };
}
