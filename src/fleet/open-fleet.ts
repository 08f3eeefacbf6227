import { SOME_MAC } from "../config/clone-values/apply.ts";
import { chosenExtensions } from "../config/extensions.ts";
import type { FleetConfig, FleetGroup } from "../config/fleet/load-fleet.ts";
import { type TemplateValues, templateValues } from "../config/fleet/template.ts";
import { openBaseModel, phoneModelOf } from "../config/open-phone-model.ts";
import { readTlsFiles } from "../config/tls-files.ts";
import { AgentError } from "../cwmp/errors.ts";
import { type Finding, FindingsError } from "../cwmp/findings.ts";
import { createPhoneKind, type PhoneKind } from "../daemon/phones/phone-kind.ts";
import { createProcessPorts, openSharedParts } from "../daemon/phones/shared-parts.ts";
import { type PnpSettings, pnpSettings, type SipSettings, sipSettings } from "../daemon/phones/sip-settings.ts";
import { lookAtThisHost } from "../daemon/this-host.ts";
import type { WireObserver } from "../ports/acs-transport.ts";
import type { Logger } from "../ports/logger.ts";
import { gateForeignAcs, isOwnAddress, requireOwnAcs, requireOwnAddress } from "./allowed-acs.ts";
import { createInterfaces } from "./control/open-interfaces.ts";
import { openFleetMetrics } from "./control/open-metrics.ts";
import { createFleetFigures } from "./figures/fleet-figures.ts";
import { Fleet } from "./fleet.ts";
import type { FleetParts } from "./fleet-parts.ts";
import { type FleetState, openFleetState } from "./fleet-state.ts";
import { gatherErrors } from "./gathered-log.ts";
import { type PlannedPhone, planPhones } from "./plan.ts";
import { settingsOf } from "./scenarios/actions.ts";
import { createSessionSlots } from "./session-slots.ts";
import { type Shard, shareOf, WHOLE_FLEET } from "./shards/shard.ts";

export interface OpenFleetOptions {
  readonly config: FleetConfig;
  readonly version: string;
  readonly log: Logger;
  /** Which part of the fleet; the whole unless given. */
  readonly shard?: Shard;
  /** Whether it is a worker: its interfaces are served by its parent; false unless given. */
  readonly isWorker?: boolean;
}

export interface OpenFleet {
  readonly fleet: Fleet;
  /** Stops the phones, then closes what they share. Answers how many phones could not be closed in time. */
  close(): Promise<number>;
}

/** A fleet on the network of this host, not started yet. Throws FindingsError or AgentError; nothing stays open then. */
export async function openFleet({ shard = WHOLE_FLEET, ...options }: OpenFleetOptions): Promise<OpenFleet> {
  const planned = await planFleet(options.config, shard);
  const state = await openFleetState(planned.config, options.log);
  try {
    return await openParts({ ...planned, state }, options);
  } catch (error) {
    await state.close();
    throw error;
  }
}

/**
 * Checks what fleet.yaml names: dumps with the values that are stated for their clones, data models, scripts of users.
 * Throws FindingsError.
 */
export async function checkFleet(config: FleetConfig): Promise<void> {
  await loadKinds(config);
}

/** Which phones there will be, checked as far as that can be done without opening anything. Throws FindingsError or AgentError. */
export async function planFleet(whole: FleetConfig, shard: Shard): Promise<Omit<Planned, "state">> {
  const { config, kinds } = await loadKinds(shareOf(whole, shard));
  const plan = planPhones(config, shard);
  if (!config.iOwnThisAcs) await requireOwnAcs(urlsOf(config));
  checkSettings(config, plan, kinds);
  return { config, kinds, plan, shard };
}

function urlsOf({ groups }: FleetConfig): readonly string[] {
  return groups.map((group) => group.config.tr069.acs.url);
}

interface Planned extends Pick<FleetParts, "config" | "kinds" | "plan" | "shard"> {
  readonly state: FleetState;
}

async function openParts(planned: Planned, options: Omit<OpenFleetOptions, "shard">): Promise<OpenFleet> {
  const { version, log, isWorker = false } = options;
  const { config, kinds, state } = planned;
  const ports = createProcessPorts(log);
  const figures = createFleetFigures([...kinds.keys()], ports.clock);
  const host = await lookAtThisHost(config.config);
  let refuse = (_address: string): void => {};
  const isOwn = rememberedOwn();
  const interfaces = createInterfaces({ config, kinds, ports, version, isWorker, fleet: () => fleet });
  const observe: WireObserver = (session, at, event, start) => {
    figures.observe(session, at, event, start);
    interfaces.observe?.(session, at, event, start);
    if (event.kind === "connected" && !config.iOwnThisAcs && !isOwn(event.address)) refuse(event.address);
  };
  const common = {
    ...{ config: config.config, version, meter: figures.meter, udpSockets: config.udpSockets },
    ...(config.iOwnThisAcs ? {} : { checkAddress: requireOwnAddress }),
  };
  const [sip, pnp] = [sharedSip(config), sharedPnp(config)];
  const shared = await openSharedParts(ports, { ...common, observe, sip, pnp });
  const transport = config.iOwnThisAcs ? shared.transport : gateForeignAcs(shared.transport, urlsOf(config));
  const slots = createSessionSlots(transport, config.openSessions);
  const phonesLog = gatherErrors(shared.log, shared.scheduler);
  const fleet: Fleet = new Fleet({
    ...{ ...planned, figures, slots, host },
    shared: { ...shared, transport: slots.transport, log: phonesLog },
    tlsCa: readTlsFiles(config.config.tls).ca,
    rssBytes: () => process.memoryUsage.rss(),
  });
  const opens = [
    async () => shared,
    async () => (isWorker ? null : openFleetMetrics(config, fleet, { version, clock: ports.clock, log })),
    () => interfaces.open(),
  ];
  const opened = await openInOrder(opens);
  refuse = (address) =>
    fleet.end({ failure: `the ACS has sent a phone to ${address}, which is neither on this host nor private` });
  return {
    fleet,
    async close() {
      const left = await fleet.stop();
      phonesLog.close();
      const closeShared = async (): Promise<void> => {
        await opened.close();
        await state.close();
      };
      // Phones that are left wait for something there, possibly forever.
      if (left > 0) closeShared().catch(() => {});
      else await closeShared();
      return left;
    },
  };
}

interface Closeable {
  close(): Promise<void>;
}

/** Where one of them cannot be opened, those before it are closed. */
async function openInOrder(opens: readonly (() => Promise<Closeable | null>)[]): Promise<Closeable> {
  const opened: Closeable[] = [];
  const close = async (): Promise<void> => {
    for (const one of opened.toReversed()) await one.close();
  };
  for (const open of opens) {
    try {
      const one = await open();
      if (one !== null) opened.push(one);
    } catch (error) {
      await close();
      throw error;
    }
  }
  return { close };
}

/**
 * Checks that a scenario's settings exist at its phones: better reported now than in an hour. Throws AgentError CONFIG.
 */
function checkSettings(
  { scenarios }: FleetConfig,
  plan: readonly PlannedPhone[],
  kinds: ReadonlyMap<string, PhoneKind>,
): void {
  const first = new Map(plan.toReversed().map((planned) => [planned.group.name, planned]));
  for (const scenario of scenarios)
    for (const [name, planned] of first)
      if (scenario.groups.length === 0 || scenario.groups.includes(name))
        settingsOf(scenario, { planned }, 1, kinds.get(name)?.layouts.factory ?? null);
}

/** All phones of a process speak SIP at one place. Throws AgentError CONFIG where groups want different ones. */
function sharedSip({ groups }: FleetConfig): SipSettings | null {
  const [first = null, ...others] = groups.flatMap(({ config }) => sipSettings(config) ?? []);
  if (first !== null && others.some(({ address, port }) => address !== first.address || port !== first.port))
    throw new AgentError("CONFIG", "backend.sipAddress and backend.sipPort must be the same in all groups of a fleet");
  return first;
}

/** They ask for their files at one place, too. */
function sharedPnp({ groups }: FleetConfig): PnpSettings | null {
  const [first = null, ...others] = groups.flatMap(({ config }) => pnpSettings(config) ?? []);
  if (first !== null && others.some(({ address, port }) => address !== first.address || port !== first.port))
    throw new AgentError("CONFIG", "autop.pnp.address and port must be the same in all groups of a fleet");
  return first;
}

/** Addresses are few, connections are many. */
function rememberedOwn(): (address: string) => boolean {
  const known = new Map<string, boolean>();
  return (address) => {
    const isOwn = known.get(address) ?? isOwnAddress(address);
    known.set(address, isOwn);
    return isOwn;
  };
}

/** Groups with the same data model share it. A clone's dump supplies what its settings leave out. */
async function loadKinds(fleet: FleetConfig) {
  const models = new Map<string, ReturnType<typeof openBaseModel>>();
  const kinds = new Map<string, PhoneKind>();
  const groups: FleetGroup[] = [];
  /** Groups that share a mistake have it once. */
  const findings = new Map<string, Finding>();
  for (const group of fleet.groups) {
    const { clone, dataModel, extensions } = group.config;
    const key = JSON.stringify([clone, dataModel, chosenExtensions(extensions)]);
    const opened = models.get(key) ?? openBaseModel(group.config);
    models.set(key, opened);
    try {
      const { config, model, values } = phoneModelOf(await opened, group.config, endsOf(group));
      groups.push({ ...group, config });
      kinds.set(group.name, createPhoneKind(config, model, values));
    } catch (error) {
      if (!(error instanceof FindingsError)) throw error;
      for (const finding of error.findings) findings.set(JSON.stringify(finding), finding);
    }
  }
  if (findings.size > 0) throw new FindingsError([...findings.values()]);
  return { config: { ...fleet, groups }, kinds };
}

/** What fills the templates of the first and of the last phone. */
function endsOf({ name: group, firstIndex, count }: FleetGroup): readonly TemplateValues[] {
  return [firstIndex, firstIndex + count - 1].map((i) => templateValues(i, group, SOME_MAC));
}
