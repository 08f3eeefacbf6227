import { createHmac } from "node:crypto";
import { type Agent, createAgent } from "../../src/agent/agent.ts";
import type { AutopConfig } from "../../src/agent/core/config.ts";
import { createMemoryStorage } from "../../src/backends/files/phone-storage.ts";
import { createMemorySettings } from "../../src/backends/settings/memory-settings.ts";
import type { Settings } from "../../src/backends/settings/settings.ts";
import {
  createSimulatedBackend,
  type SimulatedBackendOptions,
} from "../../src/backends/simulated/simulated-backend.ts";
import type { ExtensionName } from "../../src/config/extensions.ts";
import { defaultDataModelFolder, loadDataModel } from "../../src/config/load-data-model.ts";
import type { CwmpVersion } from "../../src/cwmp/versions.ts";
import { factorySettings } from "../../src/model/factory.ts";
import type { DataModel } from "../../src/model/types.ts";
import { createLayouts } from "../../src/parameters/layouts.ts";
import type { AcsTransport } from "../../src/ports/acs-transport.ts";
import type { Backend, BackendChange } from "../../src/ports/backend.ts";
import type { ConnectionRequestEndpoint, ConnectionRequests } from "../../src/ports/connection-requests.ts";
import type { Datagrams } from "../../src/ports/datagrams.ts";
import type { FileTransfer } from "../../src/ports/file-transfer.ts";
import type { LocalFile } from "../../src/ports/local-file.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { Meter } from "../../src/ports/meter.ts";
import type { PhoneStorage } from "../../src/ports/phone-storage.ts";
import type { Pnp } from "../../src/ports/pnp.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
import type { UdpConnectionRequests } from "../../src/ports/udp-connection-requests.ts";
import type { SessionLimits } from "../../src/session/run-session.ts";
import { createMemoryStateStore } from "../../src/storage/memory-state-store.ts";
import { createSeededRandom } from "../../src/system/seeded-random.ts";
import { createFakeFileServer, type FakeFileServer } from "./fake-file-server.ts";
import { createFakeTime, type FakeTime } from "./fake-time.ts";
import { createFakeXmpp, type FakeXmpp } from "./fake-xmpp.ts";
import { createMemoryLogger, type MemoryLogger } from "./memory-logger.ts";
import { createScriptedAcs, type ScriptedAcs } from "./scripted-acs.ts";
import { recordedTransport } from "./sent-envelopes.ts";
import { spreadable } from "./spreadable.ts";

const appendixA = loadDataModel(defaultDataModelFolder());

function modelOf({ extensions, model }: AgentUnderTestOptions): DataModel {
  if (model !== undefined) return model;
  return extensions === undefined ? appendixA : loadDataModel(defaultDataModelFolder(), extensions);
}

export const IDENTITY = {
  manufacturer: "Akuvox",
  oui: "0C1105",
  modelName: "SP-R53P",
  productClass: "SP-R53P",
  serialNumber: "0C1105ABCDEF",
} as const;

const AUTOP: AutopConfig = {
  ...{ enabled: true, lenient: false, firmware: false, powerOnSpreadSeconds: 60 },
  dhcp: { custom: "", option66: "", option43: "" },
};

export const ACS_URL = "http://acs.example:7547/cwmp";

export interface AgentUnderTest {
  readonly agent: Agent;
  readonly acs: ScriptedAcs;
  readonly time: FakeTime;
  readonly log: MemoryLogger;
  readonly state: StateStore;
  readonly settings: Settings;
  readonly backend: Backend;
  readonly xmpp: FakeXmpp;
  /** What the ACS tells the phone to fetch from, and to bring files to. */
  readonly server: FakeFileServer;
  /** Tells the agent of changes that others have made to the settings. */
  reportForeign(changes: readonly BackendChange[]): void;
  /** The endpoints that are open for connection requests. */
  readonly endpoints: readonly ConnectionRequestEndpoint[];
  /** Lets everything that is due now happen. */
  settle(): Promise<void>;
  /** Another process with the same phone and the same state: what a restart finds. */
  restarted(): Promise<AgentUnderTest>;
  /** The same after `kill -9`: the old process does nothing more, and was not asked to end. */
  crashed(): Promise<AgentUnderTest>;
}

export interface AgentUnderTestOptions {
  /** Keys of the phone that differ from the factory's. */
  readonly keys?: Readonly<Record<string, string>>;
  readonly accountsFixed?: boolean;
  /** Of the data model. */
  readonly extensions?: readonly ExtensionName[];
  /** In place of the phone's own. */
  readonly model?: DataModel;
  readonly now?: number;
  readonly offsetMinutes?: number;
  readonly udp?: (time: FakeTime, log: Logger) => UdpConnectionRequests;
  readonly version?: CwmpVersion;
  readonly askRpcMethods?: boolean;
  readonly sessionLimits?: SessionLimits;
  /** Of the simulated phone; may be changed between restarts. */
  softwareVersion?: string;
  readonly autop?: Partial<AutopConfig>;
  readonly reportAutonomousTransfers?: boolean;
  readonly fetchPhoneBooks?: boolean;
  /** Time servers are asked by this. */
  readonly ntp?: (time: FakeTime) => Datagrams;
  readonly pnp?: Pnp;
  /** May be changed between restarts. */
  autopFile?: LocalFile;
  /** In place of the fake one. */
  readonly fileTransfer?: (time: FakeTime) => FileTransfer;
  readonly yaml?: ReadonlyMap<string, string>;
  /** See FakeTimeOptions. */
  readonly inMemory?: boolean;
  /** In place of the scripted ACS and the log, which keep all that they hear. */
  readonly transport?: AcsTransport;
  readonly logger?: Logger;
  /** What else the simulated phone does. */
  readonly simulated?: Partial<SimulatedBackendOptions>;
  readonly meter?: Meter;
  readonly wrapState?: (state: StateStore) => StateStore;
  readonly wrapBackend?: (backend: Backend) => Backend;
}

export const ENABLED = {
  "Config.TR069.General.Enable": "1",
  "Config.TR069.ManagementServer.URL": ACS_URL,
  "Config.TR069.ManagementServer.Username": "phone",
  "Config.TR069.ManagementServer.Password": "secret",
  "Config.TR069.ManagementServer.ConnectionRequestUsername": "acs",
  "Config.TR069.ManagementServer.ConnectionRequestPassword": "knock",
} as const;

/** A real agent over a simulated phone in memory, a scripted ACS and fake time; not started. */
export function createAgentUnderTest(options: AgentUnderTestOptions = {}): AgentUnderTest {
  const time = createFakeTime({
    inMemory: options.inMemory ?? false,
    ...(options.now === undefined ? {} : { now: options.now }),
    ...(options.offsetMinutes === undefined ? {} : { offsetMinutes: options.offsetMinutes }),
  });
  const model = modelOf(options);
  const factory = new Map([...factorySettings(model, 3), ...Object.entries({ ...ENABLED, ...options.keys })]);
  const kept = { storage: createMemoryStorage(), server: createFakeFileServer() };
  return assemble(options, model, time, createMemorySettings({ factory }), createMemoryStateStore(), kept);
}

function assemble(
  options: AgentUnderTestOptions,
  model: DataModel,
  time: FakeTime,
  settings: Settings,
  memory: StateStore,
  kept: { readonly storage: PhoneStorage; readonly server: FakeFileServer },
): AgentUnderTest {
  const { storage, server } = kept;
  const log = createMemoryLogger();
  const acs = createScriptedAcs();
  const xmpp = createFakeXmpp();
  const endpoints: ConnectionRequestEndpoint[] = [];
  const layouts = createLayouts(model, { accounts: 3, accountsFixed: options.accountsFixed ?? false });
  const random = createSeededRandom("agent under test");
  const restartKeys = new Set(layouts.factory.refs.flatMap((ref) => (ref.def.restart ? ref.configKeys : [])));
  const simulated = createSimulatedBackend({
    settings,
    restartKeys,
    accounts: 3,
    softwareVersion: options.softwareVersion ?? "53.0.6.45",
    hardwareVersion: "53.0.0.0.0.0.0.0",
    rebootMs: 5000,
    lan: {
      ipAddress: "192.0.2.20",
      subnetMask: "255.255.255.0",
      defaultGateway: "192.0.2.1",
      primaryDns: "192.0.2.1",
      secondaryDns: "",
      macAddress: "0C:11:05:AB:CD:EF",
    },
    files: { model: IDENTITY.modelName, storage },
    ...time,
    random,
    ...options.simulated,
  });
  const listening = withReporter(spreadable(simulated));
  const backend = options.wrapBackend?.(listening.backend) ?? listening.backend;
  const state = options.wrapState?.(spreadable(memory)) ?? memory;
  const agent = createAgent({
    config: {
      identity: IDENTITY,
      version: options.version ?? "1.4",
      askRpcMethods: options.askRpcMethods ?? false,
      sessionLimits: options.sessionLimits ?? { maxRpcs: 5_000, maxMs: 3_600_000 },
      connectionRequestsPerMinute: 30,
      retry: { minimumWaitSeconds: 5, intervalMultiplier: 2000 },
      settings: options.yaml ?? new Map(),
      autop: { ...AUTOP, ...options.autop },
      fetchPhoneBooks: options.fetchPhoneBooks ?? true,
      reportAutonomousTransfers: options.reportAutonomousTransfers ?? false,
    },
    layouts,
    ...time,
    random,
    hash: (salt, text) => createHmac("sha256", salt).update(text).digest("hex"),
    state,
    backend,
    transport: recordedTransport(options.transport ?? acs, layouts.factory.model),
    connectionRequests: fakeEndpoint(endpoints),
    xmpp,
    udpConnectionRequests: options.udp?.(time, log) ?? null,
    ntp: options.ntp?.(time) ?? null,
    fileTransfer: options.fileTransfer?.(time) ?? server.fileTransfer,
    pnp: options.pnp ?? null,
    autopFile: options.autopFile ?? null,
    recentLog: () => log.text(),
    log: options.logger ?? log,
    ...(options.meter === undefined ? {} : { meter: options.meter }),
  });
  return {
    agent,
    acs,
    time,
    log,
    state,
    settings,
    backend,
    xmpp,
    server,
    endpoints,
    reportForeign: listening.report,
    settle: () => time.advance(0),
    crashed: async () => assemble(options, model, time, settings, memory, kept),
    async restarted() {
      await agent.stop();
      return assemble(options, model, time, settings, memory, kept);
    },
  };
}

function fakeEndpoint(endpoints: ConnectionRequestEndpoint[]): ConnectionRequests {
  return {
    async listen(endpoint) {
      endpoints.push(endpoint);
      return {
        host: null,
        port: 7547,
        async close() {
          endpoints.splice(endpoints.indexOf(endpoint), 1);
        },
      };
    },
  };
}

/** Keeps hold of the backend's way to report, so that a test can make a change that is not the agent's. */
function withReporter(inner: Backend): { readonly backend: Backend; report(changes: readonly BackendChange[]): void } {
  let report: (changes: readonly BackendChange[]) => void = () => {};
  const start: Backend["start"] = (onChange) => {
    report = onChange;
    return inner.start(onChange);
  };
  return { backend: { ...inner, start }, report: (changes) => report(changes) };
}
