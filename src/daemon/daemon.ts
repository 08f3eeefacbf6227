import type { Agent } from "../agent/agent.ts";
import type { Config } from "../config/load-config.ts";
import { openPhoneModel } from "../config/open-phone-model.ts";
import type { Logger } from "../ports/logger.ts";
import { openControlInterface } from "./control-interface.ts";
import type { LocalInterface, LocalInterfaceParts, OpenLocalInterface } from "./local-interfaces.ts";
import { openObservers } from "./observers.ts";
import { openState } from "./open-state.ts";
import { createPhone } from "./phones/create-phone.ts";
import { createPhoneKind } from "./phones/phone-kind.ts";
import { createProcessPorts, openSharedParts } from "./phones/shared-parts.ts";
import { pnpSettings, sipSettings } from "./phones/sip-settings.ts";
import { lookAtThisHost } from "./this-host.ts";
import { openWebInterface } from "./web-interface.ts";

export interface DaemonOptions {
  readonly config: Config;
  /** Where the envelopes of each session go; null: nowhere. */
  readonly traceFolder: string | null;
  readonly version: string;
  readonly log: Logger;
}

/** The agent of one phone on this machine, with its port and its files. */
export interface Daemon {
  readonly agent: Agent;
  stop(): Promise<void>;
}

/** A registration with a challenge is four messages, a call about eight. */
const SIP_MESSAGES = 100;

/** Puts the pieces together and starts. Throws FindingsError or AgentError; nothing stays open then. */
export async function startDaemon({
  config: stated,
  traceFolder,
  version,
  log: innerLog,
}: DaemonOptions): Promise<Daemon> {
  const ports = createProcessPorts(innerLog);
  const { config, model, values } = await openPhoneModel(stated);
  const thisHost = await lookAtThisHost(config);

  const { keep, stop } = openParts();
  try {
    const { observe, sessions, metrics } = keep(await openObservers(ports, { config, traceFolder, model, version }));
    const state = keep(await openState(config, ports.log));
    const kind = createPhoneKind(config, model, values);
    const own = { meter: metrics?.meter, observe, sip: sipSettings(config, SIP_MESSAGES), pnp: pnpSettings(config) };
    const shared = keep(await openSharedParts(ports, { config, version, ...own }));
    const { identity } = thisHost;
    const settings = kind.ownValues(identity.mac);
    const phone = { name: null, kind, identity, host: thisHost, settings, state, folder: config.stateFolder };
    const { agent } = keep(await createPhone(shared, phone));
    const sipLog = shared.sip?.messages ?? null;
    const parts = { ...ports, config, agent, sessions, sipLog, model, version };
    // A port that cannot be opened is reported before the first Inform; until the phone is up the interfaces answer
    // that it is restarting.
    if (metrics !== null) keep(await metrics.open(parts));
    await openInterface(openWebInterface, parts, keep);
    await agent.start();
    await openInterface(openControlInterface, parts, keep);
    return { agent, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What is open, to be closed in the opposite order. */
function openParts() {
  const opened: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(part: T): T => {
    opened.push(part);
    return part;
  };
  const stop = async (): Promise<void> => {
    for (const part of opened.toReversed()) await part.close();
  };
  return { keep, stop };
}

async function openInterface(
  open: OpenLocalInterface,
  parts: LocalInterfaceParts,
  keep: (local: LocalInterface) => LocalInterface,
): Promise<void> {
  const local = await open(parts);
  if (local !== null) keep(local);
}
