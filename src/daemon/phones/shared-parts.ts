import type { Config } from "../../config/load-config.ts";
import { readTlsFiles } from "../../config/tls-files.ts";
import { CONNECTION_REQUEST_ATTEMPTS, createConnectionRequestServer } from "../../connection-request/server.ts";
import { createUdpConnectionRequests } from "../../connection-request/udp/listener.ts";
import { messageOf } from "../../cwmp/errors.ts";
import { createAcsTransport } from "../../net/acs-transport.ts";
import { checkedDatagrams } from "../../net/allowed-addresses.ts";
import type { TlsOptions } from "../../net/connector.ts";
import { createDatagrams } from "../../net/datagrams.ts";
import { createFileServers, type FileServers } from "../../net/file-transfer.ts";
import { createXmppClient } from "../../net/xmpp/xmpp-client.ts";
import type { XmppTls } from "../../net/xmpp/xmpp-stream.ts";
import type { AcsTransport, WireObserver } from "../../ports/acs-transport.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { ConnectionRequests } from "../../ports/connection-requests.ts";
import type { CheckAddress, Datagrams } from "../../ports/datagrams.ts";
import type { FailedAttempts } from "../../ports/failed-attempts.ts";
import type { Logger } from "../../ports/logger.ts";
import { type Meter, NO_METER } from "../../ports/meter.ts";
import type { Random } from "../../ports/random.ts";
import type { UdpConnectionRequests } from "../../ports/udp-connection-requests.ts";
import type { Xmpp } from "../../ports/xmpp.ts";
import { createSystemClock } from "../../system/clock.ts";
import { createFailedAttempts } from "../../system/failed-attempts.ts";
import { hostFilter } from "../../system/host-rules.ts";
import { createRecentLog, type RecentLog } from "../../system/recent-log.ts";
import { createScheduler } from "../../system/scheduler.ts";
import { createSystemRandom } from "../../system/system-random.ts";
import type { PhonesPnp } from "./pnp.ts";
import type { PhonesSip } from "./sip.ts";
import type { PnpSettings, SipSettings } from "./sip-settings.ts";

/** The dependencies of every part of this process. */
export interface ProcessPorts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Keeps its latest lines in `recentLog`. */
  readonly log: Logger;
  readonly recentLog: RecentLog;
}

/** The parts that the phones of this process share. */
export interface SharedParts extends ProcessPorts {
  readonly meter: Meter;
  readonly transport: AcsTransport;
  readonly fileServers: FileServers;
  /** One port for all phones, which are distinguished by the path of the request. */
  readonly connectionRequests: ConnectionRequests;
  readonly xmpp: Xmpp;
  readonly xmppAttempts: FailedAttempts;
  /** Null: no phone takes UDP connection requests. */
  readonly udpConnectionRequests: UdpConnectionRequests | null;
  /** Of this host, for phones that ask time servers. */
  readonly datagrams: Datagrams;
  /** One for all phones; null: their lines register by rules. */
  readonly sip: PhonesSip | null;
  /** One for all phones; null: PnP is off. */
  readonly pnp: PhonesPnp | null;
  /** Closes the port; to be called once every phone is closed. */
  close(): Promise<void>;
}

/** The sections of the settings that are the process's. */
export type ProcessConfig = Pick<Config, "listen" | "session" | "tls" | "transfers" | "stun">;

export interface SharedPartsOptions {
  readonly config: ProcessConfig;
  readonly version: string;
  /** Absent: nothing is counted. */
  readonly meter?: Meter | undefined;
  /** Sees the sessions of all phones. Must not throw. */
  readonly observe?: WireObserver | undefined;
  /**
   * Sockets that the phones share for UDP connection requests. 0: no phone takes any, whatever its ACS sets. Absent: a socket for each
   * phone.
   */
  readonly udpSockets?: number;
  /** What phones may send to beside the ACS; everything unless given. */
  readonly checkAddress?: CheckAddress;
  /** Absent: lines register by rules. */
  readonly sip?: SipSettings | null;
  /** Absent: PnP is off. */
  readonly pnp?: PnpSettings | null;
}

export function createProcessPorts(innerLog: Logger): ProcessPorts {
  const clock = createSystemClock();
  const recentLog = createRecentLog(innerLog, clock);
  const { log } = recentLog;
  const scheduler = createScheduler(clock, (error, timer) =>
    log.error({ timer, reason: messageOf(error) }, "A timer failed"),
  );
  return { clock, scheduler, random: createSystemRandom(), log, recentLog };
}

/** Throws AgentError CONFIG: certificates or key cannot be used; LISTEN: the port cannot be had. */
export async function openSharedParts(ports: ProcessPorts, options: SharedPartsOptions): Promise<SharedParts> {
  const { config, version, meter = NO_METER, observe, udpSockets, checkAddress } = options;
  const { clock, scheduler, random, log } = ports;
  const userAgent = `akuvox-cpe/${version}`;
  const tls = readTlsFiles(config.tls);
  const connectMs = config.session.connectTimeoutSeconds * 1000;
  const common = { scheduler, random, log, tls, refuseInsecure: config.tls.refuseInsecure, userAgent };
  const { allowedHosts, maxFileBytes } = config.transfers;
  const transport = createAcsTransport({
    ...common,
    clock,
    connectMs,
    answerMs: config.session.answerTimeoutSeconds * 1000,
    maxAnswerBytes: config.session.maxAnswerBytes,
    ...(observe === undefined ? {} : { observe }),
  });
  const isAllowed = allowedHosts === null ? undefined : hostFilter(allowedHosts);
  const fileServers = createFileServers({
    ...common,
    connectMs,
    maxFileBytes,
    ...(isAllowed === undefined ? {} : { isAllowed }),
    checkAddress,
  });
  const { sip, pnp } = await openSip(options, { tls, ports, isAllowed });
  const all = createDatagrams(log);
  const datagrams = checkAddress === undefined ? all : checkedDatagrams(all, checkAddress);
  const server = await openPort(config, { clock, scheduler, random, log, meter });
  return {
    ...ports,
    meter,
    transport,
    fileServers,
    connectionRequests: server,
    xmpp: createXmppClient({ scheduler, tls: serverTls(tls), checkAddress }),
    xmppAttempts: createFailedAttempts(clock, CONNECTION_REQUEST_ATTEMPTS),
    udpConnectionRequests:
      udpSockets === 0
        ? null
        : openUdp(config, { ...ports, meter, datagrams }, { tcp: server.port, sockets: udpSockets }),
    datagrams,
    sip,
    pnp,
    async close() {
      await server.close();
      await pnp?.close();
      await sip?.close();
    },
  };
}

interface SipParts {
  readonly tls: TlsOptions;
  readonly ports: ProcessPorts;
  /** Of hosts that files may be fetched from. */
  readonly isAllowed: ((hostname: string) => boolean) | undefined;
}

/** Its code is loaded only where it is wanted. */
async function openSip(
  { sip, pnp, checkAddress }: SharedPartsOptions,
  { tls, ports, isAllowed }: SipParts,
): Promise<Pick<SharedParts, "sip" | "pnp">> {
  return {
    sip: sip ? (await import("./sip.ts")).openPhonesSip(sip, { tls, checkAddress }, ports) : null,
    pnp: pnp ? (await import("./pnp.ts")).openPnp(pnp, ports, isAllowed) : null,
  };
}

const EVERY_ADDRESS = "0.0.0.0";
const MINUTE_MS = 60_000;

function openPort(
  { listen: { address, port, requestsPerMinute, requestsPerSecond } }: ProcessConfig,
  ports: Omit<Parameters<typeof createConnectionRequestServer>[0], "address" | "port" | "perEndpoint" | "whole">,
): ReturnType<typeof createConnectionRequestServer> {
  return createConnectionRequestServer({
    ...ports,
    address: address ?? EVERY_ADDRESS,
    port,
    perEndpoint: { count: requestsPerMinute, windowMs: MINUTE_MS },
    whole: { count: requestsPerSecond, windowMs: 1000 },
  });
}

/** Without the phone's own certificate: that is for the ACS. */
function serverTls({ ca, minVersion }: ReturnType<typeof readTlsFiles>): XmppTls {
  return { minVersion, ...(ca === undefined ? {} : { ca }) };
}

function openUdp(
  { listen, stun }: ProcessConfig,
  { clock, scheduler, random, log, meter, datagrams }: ProcessPorts & Pick<SharedParts, "meter" | "datagrams">,
  { tcp, sockets }: { readonly tcp: number; readonly sockets: number | undefined },
): UdpConnectionRequests {
  // Of several sockets only one could have the number of the TCP port.
  const port = sockets === undefined ? tcp : 0;
  return createUdpConnectionRequests({
    ...{ clock, scheduler, random, log, meter, datagrams },
    address: listen.address,
    port: listen.udpPort ?? port,
    ...(sockets === undefined ? {} : { sockets }),
    always: listen.udpPort !== null,
    rate: { count: listen.requestsPerMinute, windowMs: MINUTE_MS },
    padding: stun.messageIntegrityPadding,
  });
}
