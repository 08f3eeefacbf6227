import { join } from "node:path";
import { type Agent, createAgent } from "../agent/agent.ts";
import type { AgentConfig, Identity } from "../agent/config.ts";
import { createSurroundings } from "../backends/simulated/surroundings.ts";
import { chosenExtensions } from "../config/extensions.ts";
import type { Config } from "../config/load-config.ts";
import { openDataModel } from "../config/open-data-model.ts";
import { isInMemory } from "../config/phone-file.ts";
import { settingsKeys } from "../config/settings-keys.ts";
import { readTlsFiles } from "../config/tls-files.ts";
import type { Rate } from "../connection-request/rate-limit.ts";
import { CONNECTION_REQUEST_ATTEMPTS, createConnectionRequestServer } from "../connection-request/server.ts";
import { createUdpConnectionRequests } from "../connection-request/udp/listener.ts";
import { messageOf } from "../cwmp/errors.ts";
import { createAcsTransport } from "../net/acs-transport.ts";
import { createDatagrams } from "../net/datagrams.ts";
import { createFileTransfer } from "../net/file-transfer.ts";
import { gateConnectionRequests, gateFileTransfer, gateTransport } from "../net/network-gate.ts";
import type { XmppTls } from "../net/xmpp/starttls.ts";
import { createXmppClient } from "../net/xmpp/xmpp-client.ts";
import { createLayouts } from "../parameters/layouts.ts";
import type { AcsTransport } from "../ports/acs-transport.ts";
import type { Clock, Scheduler } from "../ports/clock.ts";
import type { FileTransfer } from "../ports/file-transfer.ts";
import type { Logger } from "../ports/logger.ts";
import type { Meter } from "../ports/meter.ts";
import type { Random } from "../ports/random.ts";
import type { UdpConnectionRequests } from "../ports/udp-connection-requests.ts";
import { createFileStateStore, type FileStateStore } from "../storage/file-state-store.ts";
import { createMemoryStateStore } from "../storage/memory-state-store.ts";
import { createSystemClock } from "../system/clock.ts";
import { createFailedAttempts } from "../system/failed-attempts.ts";
import { hmacHash } from "../system/hash.ts";
import { hostFilter } from "../system/host-rules.ts";
import { createLocalFile } from "../system/local-file.ts";
import { createRecentLog } from "../system/recent-log.ts";
import { createScheduler } from "../system/scheduler.ts";
import { createSystemRandom } from "../system/system-random.ts";
import { openControlFace } from "./control-face.ts";
import type { Face, FaceParts, OpenFace } from "./faces.ts";
import { createIdleMemory } from "./idle-memory.ts";
import type { Metrics } from "./metrics-face.ts";
import { openBackend } from "./open-backend.ts";
import { keepHostName, lookAtThisHost } from "./this-host.ts";
import { openWebFace } from "./web-face.ts";
import { openWireWatchers, type WireWatchers } from "./wire-watchers.ts";

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

interface Ports {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly log: Logger;
}

/** Puts the pieces together and starts. Throws FindingsError or AgentError; nothing stays open then. */
export async function startDaemon({ config, traceFolder, version, log: ownLog }: DaemonOptions): Promise<Daemon> {
  const recent = createRecentLog(ownLog, createSystemClock());
  const { log } = recent;
  const ports = systemPorts(log);
  const model = await openDataModel(config.dataModel, chosenExtensions(config.extensions));
  const { accounts, accountsFixed } = config.phone;
  const layouts = createLayouts(model, { accounts, accountsFixed });
  const thisHost = await lookAtThisHost(config);

  const { keep, stop } = openParts();
  try {
    const metrics = await loadMetrics(config, version);
    const meter = metrics === null ? {} : { meter: metrics.meter };
    const idleMemory = keep(createIdleMemory({ scheduler: ports.scheduler, collect: globalThis.gc }));
    const others = [idleMemory.observe, ...(metrics === null ? [] : [metrics.observe])];
    const watchers = keep(openWireWatchers({ config, traceFolder, model, log, others }));
    const state = keep(await openState(config, log));
    if (!isInMemory(config)) await keepHostName(config);
    const surroundings = createSurroundings();
    const { backend } = keep(await openBackend(config, layouts, thisHost, { ...ports, surroundings }));
    const server = await openServer(config, { ...ports, ...meter });
    const isConnected = () => surroundings.isConnected();
    const agent = createAgent({
      ...ports,
      ...meter,
      config: agentConfig(config, thisHost.identity),
      layouts,
      hash: hmacHash,
      state,
      backend,
      transport: gateTransport(openTransport(config, ports, version, watchers), isConnected),
      connectionRequests: gateConnectionRequests(keep(server), isConnected),
      xmpp: createXmppClient({ scheduler: ports.scheduler, tls: serverTls(config) }),
      xmppAttempts: createFailedAttempts(ports.clock, CONNECTION_REQUEST_ATTEMPTS),
      udpConnectionRequests: openUdp(config, { ...ports, ...meter }, server.port),
      fileTransfer: gateFileTransfer(openFileTransfer(config, ports, version), isConnected),
      autopFile: config.autop.file === null ? null : createLocalFile(config.autop.file),
      recentLog: recent.text,
    });
    keep({ close: () => agent.stop() });
    surroundings.onPowerCut(() => agent.local.reboot());
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

const EVERY_ADDRESS = "0.0.0.0";

async function openFace(open: OpenFace, parts: FaceParts, keep: (face: Face) => Face): Promise<void> {
  const face = await open(parts);
  if (face !== null) keep(face);
}

/** Where the settings are lost at the end, so is what was made of them: ParameterKey, passwords, the ACS that was reached. */
function openState(config: Config, log: Logger): Promise<FileStateStore> {
  if (!isInMemory(config)) return createFileStateStore({ folder: config.stateFolder, log });
  return Promise.resolve({ ...createMemoryStateStore(), close: async () => {} });
}

function openServer(
  { listen: { address, port, requestsPerMinute } }: Config,
  ports: Omit<Parameters<typeof createConnectionRequestServer>[0], "address" | "port">,
): ReturnType<typeof createConnectionRequestServer> {
  return createConnectionRequestServer({
    ...ports,
    address: address ?? EVERY_ADDRESS,
    port,
    perEndpoint: perMinute(requestsPerMinute),
  });
}

function perMinute(count: number): Rate {
  return { count, windowMs: 60_000 };
}

function systemPorts(log: Logger): Ports {
  const clock = createSystemClock();
  const scheduler = createScheduler(clock, (error, timer) =>
    log.error({ timer, reason: messageOf(error) }, "A timer failed"),
  );
  return { clock, scheduler, random: createSystemRandom(), log };
}

function agentConfig(config: Config, identity: Identity): AgentConfig {
  const { minimumWaitInterval: minimumWaitSeconds, intervalMultiplier } = config.retry;
  return {
    identity,
    version: config.session.cwmpVersion,
    askRpcMethods: config.session.askRpcMethods,
    sessionLimits: { maxRpcs: config.session.maxRpcs, maxMs: config.session.maxMinutes * 60_000 },
    retry: { minimumWaitSeconds, intervalMultiplier },
    reportAutonomousTransfers: config.autop.reportTransfers,
    fetchPhoneBooks: config.phoneBooks.enable,
    autop: { enabled: config.autop.enable, lenient: config.autop.lenient, firmware: config.autop.firmware },
    settings: settingsKeys(config),
  };
}

/** Without the phone's own certificate: that is for the ACS. */
function serverTls(config: Config): XmppTls {
  const { ca, minVersion } = readTlsFiles(config.tls);
  return { minVersion, ...(ca === undefined ? {} : { ca }) };
}

function openUdp(
  { listen, stun }: Config,
  ports: Ports & { readonly meter?: Meter },
  tcpPort: number,
): UdpConnectionRequests {
  return createUdpConnectionRequests({
    ...ports,
    datagrams: createDatagrams(ports.log),
    address: listen.address,
    port: listen.udpPort ?? tcpPort,
    always: listen.udpPort !== null,
    rate: perMinute(listen.requestsPerMinute),
    padding: stun.messageIntegrityPadding,
  });
}

/** What counts is made before what is counted; its code is loaded only where it is wanted. */
async function loadMetrics({ metrics }: Config, version: string): Promise<Metrics | null> {
  if (!metrics.enable) return null;
  const { createMetrics } = await import("./metrics-face.ts");
  return createMetrics(version);
}

function openTransport(config: Config, ports: Ports, version: string, { observe }: WireWatchers): AcsTransport {
  const { connectTimeoutSeconds, answerTimeoutSeconds, maxAnswerBytes } = config.session;
  return createAcsTransport({
    ...ports,
    tls: readTlsFiles(config.tls),
    refuseInsecure: config.tls.refuseInsecure,
    timeouts: { connectMs: connectTimeoutSeconds * 1000, answerMs: answerTimeoutSeconds * 1000 },
    maxAnswerBytes,
    userAgent: `akuvox-cpe/${version}`,
    ...(observe === undefined ? {} : { observe }),
  });
}

function openFileTransfer(config: Config, ports: Ports, version: string): FileTransfer {
  const { allowedHosts } = config.transfers;
  return createFileTransfer({
    ...ports,
    folder: join(config.stateFolder, "transfers"),
    tls: readTlsFiles(config.tls),
    refuseInsecure: config.tls.refuseInsecure,
    maxFileBytes: config.transfers.maxFileBytes,
    ...(allowedHosts === null ? {} : { isAllowed: hostFilter(allowedHosts) }),
    connectMs: config.session.connectTimeoutSeconds * 1000,
    userAgent: `akuvox-cpe/${version}`,
  });
}
