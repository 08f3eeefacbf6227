import { join } from "node:path";
import type { AgentConfig } from "../../agent/core/config.ts";
import type { AgentOptions } from "../../agent/core/options.ts";
import type { OpenBackend } from "../../backends/built-in.ts";
import type { SimulatedEnvironment } from "../../backends/simulated/environment.ts";
import type { PhoneIdentity } from "../../config/identity.ts";
import {
  gateConnectionRequests,
  gateFileTransfer,
  gatePnp,
  gateTransport,
  type IsConnected,
} from "../../net/network-gate.ts";
import { WrappedEndpoint } from "../../net/wrapped-endpoint.ts";
import type { Layouts } from "../../parameters/layouts.ts";
import type { AcsCaller, AcsConnection, AcsTarget, AcsTransport, WireObserver } from "../../ports/acs-transport.ts";
import type { Backend, BackendKey } from "../../ports/backend.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type {
  ConnectionRequestEndpoint,
  ConnectionRequestListener,
  ConnectionRequests,
} from "../../ports/connection-requests.ts";
import type { Datagrams } from "../../ports/datagrams.ts";
import type { FailedAttempts } from "../../ports/failed-attempts.ts";
import type { FileTransfer } from "../../ports/file-transfer.ts";
import type { Hash } from "../../ports/hash.ts";
import type { LocalFile } from "../../ports/local-file.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Meter } from "../../ports/meter.ts";
import type { PhoneStorage } from "../../ports/phone-storage.ts";
import type { Pnp } from "../../ports/pnp.ts";
import type { Random } from "../../ports/random.ts";
import type { StateStore } from "../../ports/state-store.ts";
import type { UdpConnectionRequests } from "../../ports/udp-connection-requests.ts";
import type { Xmpp } from "../../ports/xmpp.ts";
import { hmacHash } from "../../system/hash.ts";
import { createLocalFile } from "../../system/local-file.ts";
import type { ThisHost } from "../this-host.ts";
import type { PhoneKind } from "./phone-kind.ts";
import type { SharedParts } from "./shared-parts.ts";

/** The parts of a single phone. */
export interface OwnParts {
  /**
   * Null: it is the only phone of its process. Else its log lines have it in the field `phone`, as the first record of each of
   * its sessions has.
   */
  readonly name: string | null;
  readonly kind: PhoneKind;
  readonly identity: PhoneIdentity;
  readonly host: Pick<ThisHost, "host" | "lan">;
  /** Nobody else may use it. */
  readonly state: StateStore;
  /** Its downloads are in `transfers` below it; a folder of its own. */
  readonly folder: string;
  /** Settings of the phone that it does not share with its kind, such as its password at the ACS, by the phone's keys. */
  readonly settings?: ReadonlyMap<BackendKey, string>;
  /** Of a simulated phone without a file: what its settings and its firmware outlive the process with. Unless given, they do not. */
  readonly storage?: PhoneStorage | null;
  /** Another phone than the one that the settings of its kind describe. */
  readonly backend?: OpenBackend;
  /** Sees its sessions, beside the observer of the process. Must not throw. */
  readonly observe?: WireObserver;
}

/** The ports of one phone's agent: its own, and those that it shares. */
export class PhonePorts implements AgentOptions {
  readonly #shared: SharedParts;
  readonly #name: string | null;
  readonly #asksTimeServers: boolean;
  readonly log: Logger;
  readonly config: AgentConfig;
  readonly layouts: Layouts;
  readonly state: StateStore;
  readonly backend: Backend;
  readonly transport: AcsTransport;
  readonly connectionRequests: ConnectionRequests;
  readonly pnp: Pnp | null;
  readonly fileTransfer: FileTransfer;
  readonly autopFile: LocalFile | null;

  constructor(
    shared: SharedParts,
    own: OwnParts,
    {
      log,
      environment,
      backend,
    }: { readonly log: Logger; readonly environment: SimulatedEnvironment; readonly backend: Backend },
  ) {
    const { name, kind, identity, settings } = own;
    const { autop, backend: about } = kind.config;
    const isConnected = connectionOf(environment);
    this.#shared = shared;
    this.#name = name;
    this.#asksTimeServers = about.type === "simulated" && about.ntp;
    this.log = log;
    this.config = configOf(kind, identity, settings);
    this.layouts = kind.layouts;
    this.state = own.state;
    this.backend = backend;
    this.transport = gateTransport(
      name === null ? shared.transport : new PhoneTransport(shared.transport, callerOf(name, log, own.observe)),
      isConnected,
    );
    this.connectionRequests = gateConnectionRequests(
      name === null ? shared.connectionRequests : new PhoneConnectionRequests(shared.connectionRequests, name),
      isConnected,
    );
    this.pnp = autop.pnp.enable && shared.pnp !== null ? gatePnp(shared.pnp, isConnected) : null;
    this.fileTransfer = gateFileTransfer(shared.fileServers.into(join(own.folder, "transfers")), isConnected);
    this.autopFile = autop.file === null ? null : createLocalFile(autop.file);
  }

  get clock(): Clock {
    return this.#shared.clock;
  }

  get scheduler(): Scheduler {
    return this.#shared.scheduler;
  }

  get random(): Random {
    return this.#shared.random;
  }

  get hash(): Hash {
    return hmacHash;
  }

  get meter(): Meter {
    return this.#shared.meter;
  }

  get xmpp(): Xmpp {
    return this.#shared.xmpp;
  }

  get xmppAttempts(): FailedAttempts {
    return this.#shared.xmppAttempts;
  }

  get udpConnectionRequests(): UdpConnectionRequests | null {
    return this.#shared.udpConnectionRequests;
  }

  get ntp(): Datagrams | null {
    return this.#asksTimeServers ? this.#shared.datagrams : null;
  }

  recentLog(): string {
    return this.#shared.recentLog.text(this.#name ?? undefined);
  }
}

/** Made apart, so that it holds on to nothing else of a phone. */
function connectionOf(environment: SimulatedEnvironment): IsConnected {
  return () => environment.isConnected();
}

function callerOf(phone: string, log: Logger, observe: WireObserver | undefined): AcsCaller {
  return observe === undefined ? { phone, log } : { phone, log, observe };
}

function configOf(kind: PhoneKind, identity: PhoneIdentity, settings: OwnParts["settings"]): AgentConfig {
  const { agent } = kind;
  const all =
    settings === undefined || settings.size === 0 ? agent.settings : new Map([...agent.settings, ...settings]);
  const { version, askRpcMethods, retry, sessionLimits, reportAutonomousTransfers, autop } = agent;
  const { fetchPhoneBooks, connectionRequestsPerMinute } = agent;
  // Property by property: a spread object would get a hidden class of its own in each of thousands of phones.
  return {
    identity,
    version,
    askRpcMethods,
    retry,
    sessionLimits,
    reportAutonomousTransfers,
    autop,
    fetchPhoneBooks,
    connectionRequestsPerMinute,
    settings: all,
  };
}

/** A log that names the phone in each line, in the field `phone`. */
export class PhoneLog implements Logger {
  readonly #log: Logger;
  readonly #phone: string;

  constructor(log: Logger, phone: string) {
    this.#log = log;
    this.#phone = phone;
  }

  debug(fields: object, message: string): void {
    this.#log.debug({ phone: this.#phone, ...fields }, message);
  }

  info(fields: object, message: string): void {
    this.#log.info({ phone: this.#phone, ...fields }, message);
  }

  warn(fields: object, message: string): void {
    this.#log.warn({ phone: this.#phone, ...fields }, message);
  }

  error(fields: object, message: string): void {
    this.#log.error({ phone: this.#phone, ...fields }, message);
  }

  child(fields: Record<string, unknown>): Logger {
    return new PhoneLog(this.#log.child(fields), this.#phone);
  }
}

/** One phone at a transport that it shares. */
export class PhoneTransport implements AcsTransport {
  readonly #shared: AcsTransport;
  readonly #caller: AcsCaller;

  constructor(shared: AcsTransport, caller: AcsCaller) {
    this.#shared = shared;
    this.#caller = caller;
  }

  open(target: AcsTarget, signal: AbortSignal): AcsConnection {
    return this.#shared.open({ ...target, caller: this.#caller }, signal);
  }
}

/** One phone at a connection request port that it shares. */
export class PhoneConnectionRequests implements ConnectionRequests {
  readonly #shared: ConnectionRequests;
  readonly #phone: string;

  constructor(shared: ConnectionRequests, phone: string) {
    this.#shared = shared;
    this.#phone = phone;
  }

  listen(endpoint: ConnectionRequestEndpoint): Promise<ConnectionRequestListener> {
    return this.#shared.listen(new NamedEndpoint(endpoint, this.#phone));
  }
}

class NamedEndpoint extends WrappedEndpoint {
  readonly phone: string;

  constructor(endpoint: ConnectionRequestEndpoint, phone: string) {
    super(endpoint);
    this.phone = phone;
  }
}
