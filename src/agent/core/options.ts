import type { Layouts } from "../../parameters/layouts.ts";
import type { AcsTransport } from "../../ports/acs-transport.ts";
import type { Backend } from "../../ports/backend.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { ConnectionRequests } from "../../ports/connection-requests.ts";
import type { Datagrams } from "../../ports/datagrams.ts";
import type { FailedAttempts } from "../../ports/failed-attempts.ts";
import type { FileTransfer } from "../../ports/file-transfer.ts";
import type { Hash } from "../../ports/hash.ts";
import type { LocalFile } from "../../ports/local-file.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Meter } from "../../ports/meter.ts";
import type { Pnp } from "../../ports/pnp.ts";
import type { Random } from "../../ports/random.ts";
import type { StateStore } from "../../ports/state-store.ts";
import type { UdpConnectionRequests } from "../../ports/udp-connection-requests.ts";
import type { Xmpp } from "../../ports/xmpp.ts";
import type { AgentConfig } from "./config.ts";

/** The ports of an agent: its access to everything outside. */
export interface AgentPorts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly hash: Hash;
  readonly state: StateStore;
  readonly backend: Backend;
  readonly transport: AcsTransport;
  readonly connectionRequests: ConnectionRequests;
  /** Used only if the data model has XMPP. */
  readonly xmpp: Xmpp;
  /** Slows password guessing over XMPP down, by Jabber ID without its resource. Default: no delay. */
  readonly xmppAttempts?: FailedAttempts;
  /** Null: this phone accepts no UDP connection requests, whatever the ACS sets. */
  readonly udpConnectionRequests: UdpConnectionRequests | null;
  /** Access to the servers of `Device.Time.`, for display only. Default: null, they are not asked. */
  readonly ntp?: Datagrams | null;
  /** Asks the local network for the AutoP server (PnP). Default: null, PnP is not used. */
  readonly pnp?: Pnp | null;
  readonly fileTransfer: FileTransfer;
  /** Applied at start, once per content. Default: null, none. */
  readonly autopFile?: LocalFile | null;
  /** The latest log lines, without secrets, for an Upload. */
  readonly recentLog: () => string;
  readonly log: Logger;
  readonly meter: Meter;
}

export interface AgentOptions extends AgentPorts {
  readonly config: AgentConfig;
  /** The data model with this phone's number of accounts; shared by the agents of a process. */
  readonly layouts: Layouts;
}

/** As the caller passes it: without a meter nothing is counted. */
export type NewAgentOptions = Omit<AgentOptions, "meter"> & Partial<Pick<AgentOptions, "meter">>;
