import type { Agent } from "../agent/agent.ts";
import { chosenExtensions } from "../config/extensions.ts";
import type { Config } from "../config/load-config.ts";
import { openDataModel } from "../config/open-data-model.ts";
import { isInMemory } from "../config/phone-file.ts";
import type { Logger } from "../ports/logger.ts";
import { createFileStateStore, type FileStateStore } from "../storage/file-state-store.ts";
import { createMemoryStateStore } from "../storage/memory-state-store.ts";
import { openControlFace } from "./control-face.ts";
import type { Face, FaceParts, OpenFace } from "./faces.ts";
import { createIdleMemory } from "./idle-memory.ts";
import type { Metrics } from "./metrics-face.ts";
import { createPhone } from "./phones/create-phone.ts";
import { createPhoneKind } from "./phones/phone-kind.ts";
import { createProcessPorts, openSharedParts } from "./phones/shared-parts.ts";
import { sipSettings } from "./phones/sip-settings.ts";
import { keepHostName, lookAtThisHost } from "./this-host.ts";
import { openWebFace } from "./web-face.ts";
import { openWireWatchers } from "./wire-watchers.ts";

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

/** Puts the pieces together and starts. Throws FindingsError or AgentError; nothing stays open then. */
export async function startDaemon({ config, traceFolder, version, log: innerLog }: DaemonOptions): Promise<Daemon> {
  const ports = createProcessPorts(innerLog);
  const { log } = ports;
  const model = await openDataModel(config.dataModel, chosenExtensions(config.extensions));
  const thisHost = await lookAtThisHost(config);

  const { keep, stop } = openParts();
  try {
    const metrics = await loadMetrics(config, version);
    const idleMemory = keep(createIdleMemory({ scheduler: ports.scheduler, collect: globalThis.gc }));
    const others = [idleMemory.observe, ...(metrics === null ? [] : [metrics.observe])];
    const watchers = keep(openWireWatchers({ config, traceFolder, model, log, others }));
    const state = keep(await openState(config, log));
    if (!isInMemory(config)) await keepHostName(config);
    const kind = createPhoneKind(config, model);
    const shared = keep(
      await openSharedParts(ports, {
        ...{ config, version, meter: metrics?.meter, observe: watchers.observe },
        sip: sipSettings(config),
      }),
    );
    const { identity } = thisHost;
    const own = { name: null, kind, identity, host: thisHost, state, folder: config.stateFolder };
    const { agent } = keep(await createPhone(shared, own));
    const parts = { ...ports, config, agent, sessions: watchers.sessions, model, version };
    // A port that cannot be had is told before the ACS hears of the phone; until the phone is up they say that it is restarting.
    if (metrics !== null) keep(await metrics.open(parts));
    await openFace(openWebFace, parts, keep);
    await agent.start();
    await openFace(openControlFace, parts, keep);
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

async function openFace(open: OpenFace, parts: FaceParts, keep: (face: Face) => Face): Promise<void> {
  const face = await open(parts);
  if (face !== null) keep(face);
}

/** Where the settings are lost at the end, so is what was made of them: ParameterKey, passwords, the ACS that was reached. */
function openState(config: Config, log: Logger): Promise<FileStateStore> {
  if (!isInMemory(config)) return createFileStateStore({ folder: config.stateFolder, log });
  return Promise.resolve({ ...createMemoryStateStore(), close: async () => {} });
}

/** What counts is made before what is counted; its code is loaded only where it is wanted. */
async function loadMetrics({ metrics }: Config, version: string): Promise<Metrics | null> {
  if (!metrics.enable) return null;
  const { createMetrics } = await import("./metrics-face.ts");
  return createMetrics(version);
}
