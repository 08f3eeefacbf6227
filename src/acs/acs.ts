import { hostInUrl } from "../cwmp/addresses.ts";
import type { WireObserver } from "../ports/acs-transport.ts";
import type { Clock, Scheduler } from "../ports/clock.ts";
import type { Datagrams } from "../ports/datagrams.ts";
import type { Random } from "../ports/random.ts";
import type { Xmpp, XmppAccount } from "../ports/xmpp.ts";
import type { ConnectionLimits } from "../system/connection-cap.ts";
import { type AcsAuthentication, createAuthenticator } from "./authentication.ts";
import type { RpcCall, RpcOutcome } from "./calls.ts";
import { requestConnection } from "./connection-request.ts";
import { type ConnectionRequestCredentials, createDeviceTable, type Device, type DeviceTable } from "./devices.ts";
import { AcsError } from "./errors.ts";
import type { AcsEvent, AcsListener, AcsSession } from "./events.ts";
import { createFileLinks, type UploadOptions } from "./file-links.ts";
import { createFileServer, type FileReport } from "./file-server.ts";
import { type AcsTls, type HttpFront, openHttpFront } from "./http-front.ts";
import { type AcsScript, EMPTY_SCRIPT } from "./script.ts";
import { createSessionFeed, type SessionFeed } from "./session-feed.ts";
import { createSessionTable, type SessionTable } from "./session-table.ts";
import { type AcsUdp, openAcsUdp } from "./udp.ts";
import { createWireLog } from "./wire-log.ts";
import { createWorkQueue, type WorkQueue } from "./work-queue.ts";
import { type AcsXmpp, createAcsXmpp } from "./xmpp.ts";

export interface AcsOptions {
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
  /** Speaks https where given. */
  readonly tls?: AcsTls;
  readonly authentication: AcsAuthentication;
  readonly script?: AcsScript;
  /** For connection requests to devices whose credentials this ACS has not set itself. */
  readonly connectionRequestCredentials?: ConnectionRequestCredentials;
  /** The longest message that is read; default 16 MiB. */
  readonly maxBodyBytes?: number;
  /** Open connections; default 16,384, and 8,192 of one source. */
  readonly connections?: ConnectionLimits;
  /** For the files that phones bring to this ACS itself; absent: it takes none. */
  readonly uploads?: UploadOptions;
  /** XMPP connection requests, from this account. */
  readonly xmpp?: { readonly client: Xmpp; readonly account: XmppAccount };
  /** UDP connection requests, and a STUN server on `stunPort` (0: any free port, null: none). */
  readonly udp?: { readonly datagrams: Datagrams; readonly stunPort: number | null };
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Observes the wire, with secrets in the bodies. */
  readonly trace?: WireObserver;
}

/** An ACS for labs, tests and demonstrations: one process, everything in memory. */
export interface Acs {
  /** What a CPE's ManagementServer.URL is set to. */
  readonly url: string;
  readonly port: number;
  /** The address of the STUN server; null: none. */
  readonly stunPort: number | null;
  /** Calls an RPC in the device's next session, or in the running one. Never rejects: see RpcOutcome. */
  enqueue(device: string, call: RpcCall, options?: EnqueueOptions): Promise<RpcOutcome>;
  /** Sends a connection request; resolves with the HTTP status. Throws AcsError UNKNOWN_DEVICE or UNREACHABLE. */
  connectionRequest(device: string, credentials?: ConnectionRequestCredentials): Promise<number>;
  /** The same over XMPP: `result`, or the condition of its error. Throws AcsError UNKNOWN_DEVICE or UNREACHABLE. */
  xmppConnectionRequest(device: string, credentials?: ConnectionRequestCredentials): Promise<string>;
  /** The same by UDP, in three copies, without an answer. Throws AcsError UNKNOWN_DEVICE or UNREACHABLE. */
  udpConnectionRequest(device: string, credentials?: ConnectionRequestCredentials): Promise<void>;
  /** Ended sessions, from the first one remembered on. */
  readonly sessions: AsyncIterable<AcsSession>;
  /** The first ended session, past (of the last 100) or future, that the predicate holds for. Rejects with AcsError CLOSED. */
  waitForSession(predicate: (session: AcsSession) => boolean): Promise<AcsSession>;
  /** Returns the function that removes the listener. */
  onEvent(listener: AcsListener): () => void;
  devices(): readonly Readonly<Device>[];
  /** Closes all connections; calls not yet answered become `lost`. */
  close(): Promise<void>;
}

export interface EnqueueOptions {
  /** More calls will follow: the session is kept open for up to 20 s after this one. */
  readonly more?: boolean;
}

/** For `enqueue`: whichever device comes first. */
export const ANY_DEVICE = "any";
/** A phone's configuration or log has kilobytes; an endless upload must not fill the disk. */
const MAX_UPLOAD_BYTES = 64 * 2 ** 20;
const DEFAULT_MAX_BODY_BYTES = 16 * 2 ** 20;

/** Opens the ports and serves until closed. Throws AcsError LISTEN, or AgentError LISTEN for the STUN port. */
export async function createAcs(options: AcsOptions): Promise<Acs> {
  const { clock, scheduler, random, script = EMPTY_SCRIPT } = options;
  const listeners = new Set<AcsListener>();
  const emit = (event: AcsEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const onRefused = (address: string, status: number, reason: string): void =>
    emit({ kind: "refused", at: clock.now(), address, status, reason });
  const devices = createDeviceTable();
  const work = createWorkQueue();
  const feed = createSessionFeed();
  const onEnd = (session: AcsSession): void => feed.push(session);
  const files = createFileLinks(options);
  const table = createSessionTable({ files, clock, scheduler, random, work, devices, script, emit, onEnd, onRefused });
  const front = await openHttpFront({
    address: options.address,
    port: options.port,
    tls: options.tls ?? null,
    maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    authenticator: createAuthenticator(options.authentication, { clock, random }),
    wire: createWireLog(options.trace, clock),
    files: createFileServer({
      links: files,
      maxUploadBytes: options.uploads?.maxBytes ?? MAX_UPLOAD_BYTES,
      onRefused,
      onFile: (told) => emit(fileEvent(told, clock)),
    }),
    answer: (post) => table.answer(post),
    onRefused,
    ...(options.connections === undefined ? {} : { connections: options.connections }),
  });
  const udp = await openUdp(options).catch(async (error: unknown) => {
    await front.close();
    throw error;
  });
  return new RunningAcs(options, { listeners, emit, devices, work, feed, table, front, udp, xmpp: openXmpp(options) });
}

function fileEvent({ link, bytes, error }: FileReport, clock: Clock): AcsEvent {
  const direction = link.kind === "fetch" ? "sent" : "received";
  return { kind: "file", at: clock.now(), device: link.device, direction, path: link.path, bytes, error };
}

async function openUdp({ udp, address, clock, random }: AcsOptions): Promise<AcsUdp | null> {
  return udp === undefined ? null : await openAcsUdp({ ...udp, address, clock, random });
}

function openXmpp({ xmpp }: AcsOptions): AcsXmpp | null {
  return xmpp === undefined ? null : createAcsXmpp(xmpp.client, xmpp.account);
}

interface Parts {
  readonly listeners: Set<AcsListener>;
  readonly emit: AcsListener;
  readonly devices: DeviceTable;
  readonly work: WorkQueue;
  readonly feed: SessionFeed;
  readonly table: SessionTable;
  readonly front: HttpFront;
  readonly xmpp: AcsXmpp | null;
  readonly udp: AcsUdp | null;
}

class RunningAcs implements Acs {
  readonly url: string;
  readonly port: number;
  readonly stunPort: number | null;
  readonly sessions: AsyncIterable<AcsSession>;
  readonly #options: AcsOptions;
  readonly #parts: Parts;

  constructor(options: AcsOptions, parts: Parts) {
    this.url = urlOf(options, parts.front.port);
    this.port = parts.front.port;
    this.stunPort = parts.udp?.stunPort ?? null;
    this.sessions = parts.feed;
    this.#options = options;
    this.#parts = parts;
  }

  enqueue(name: string, call: RpcCall, { more = false }: EnqueueOptions = {}): Promise<RpcOutcome> {
    const { work, devices } = this.#parts;
    if (name === ANY_DEVICE) return work.add(null, call, more);
    const device = devices.find(name);
    if (device !== undefined) return work.add(device, call, more);
    return Promise.resolve({ kind: "lost", reason: unknownDevice(name) });
  }

  async connectionRequest(name: string, credentials?: ConnectionRequestCredentials): Promise<number> {
    const { clock, random, connectionRequestCredentials: fallback } = this.#options;
    const device = this.#device(name);
    const startedAt = clock.monotonic();
    const status = await requestConnection(urlOfDevice(device), credentials ?? credentialsOf(device, fallback), random);
    const tookMs = clock.monotonic() - startedAt;
    this.#parts.emit({ kind: "connection-request", at: clock.now(), device: device.id, status, tookMs });
    return status;
  }

  async xmppConnectionRequest(name: string, credentials?: ConnectionRequestCredentials): Promise<string> {
    const { clock, connectionRequestCredentials: fallback } = this.#options;
    const { xmpp, emit } = this.#parts;
    const device = this.#device(name);
    const jabberId = device.connectionRequestJabberId ?? "";
    if (jabberId === "") throw new AcsError("UNKNOWN_DEVICE", `${device.id} has reported no ConnReqJabberID`);
    if (xmpp === null) throw new AcsError("UNREACHABLE", "this ACS has no XMPP account (--xmpp)");
    const startedAt = clock.monotonic();
    const answer = await xmpp.request(jabberId, credentials ?? credentialsOf(device, fallback));
    const tookMs = clock.monotonic() - startedAt;
    emit({ kind: "xmpp-connection-request", at: clock.now(), device: device.id, jabberId, answer, tookMs });
    return answer;
  }

  async udpConnectionRequest(name: string, credentials?: ConnectionRequestCredentials): Promise<void> {
    const { clock, connectionRequestCredentials: fallback } = this.#options;
    const { udp, emit } = this.#parts;
    const device = this.#device(name);
    const address = device.udpConnectionRequestAddress ?? "";
    if (address === "")
      throw new AcsError("UNKNOWN_DEVICE", `${device.id} has reported no UDPConnectionRequestAddress`);
    if (udp === null) throw new AcsError("UNREACHABLE", "this ACS sends no UDP connection requests");
    await udp.request(address, credentials ?? credentialsOf(device, fallback));
    emit({ kind: "udp-connection-request", at: clock.now(), device: device.id, address });
  }

  waitForSession(predicate: (session: AcsSession) => boolean): Promise<AcsSession> {
    return this.#parts.feed.waitFor(predicate);
  }

  onEvent(listener: AcsListener): () => void {
    this.#parts.listeners.add(listener);
    return () => void this.#parts.listeners.delete(listener);
  }

  devices(): readonly Readonly<Device>[] {
    return this.#parts.devices.all();
  }

  async close(): Promise<void> {
    const { table, work, devices, front, feed, udp, xmpp } = this.#parts;
    table.abortAll(CLOSED);
    work.clear(devices.all(), CLOSED);
    await front.close();
    await udp?.close();
    await xmpp?.close();
    feed.close();
  }

  #device(name: string): Device {
    const device = this.#parts.devices.find(name);
    if (device === undefined) throw new AcsError("UNKNOWN_DEVICE", unknownDevice(name));
    return device;
  }
}

const CLOSED = "the ACS was closed";

function unknownDevice(name: string): string {
  return `no device "${name}" has contacted this ACS`;
}

function urlOf({ address, tls }: AcsOptions, port: number): string {
  return `${tls === undefined ? "http" : "https"}://${hostInUrl(address)}:${port}/`;
}

function urlOfDevice(device: Device): string {
  const url = device.connectionRequestUrl;
  if (url !== null && url !== "") return url;
  throw new AcsError("UNKNOWN_DEVICE", `${device.id} has reported no ConnectionRequestURL`);
}

function credentialsOf(
  { credentials }: Device,
  fallback: ConnectionRequestCredentials | undefined,
): ConnectionRequestCredentials {
  return {
    username: credentials.username ?? fallback?.username ?? "",
    password: credentials.password ?? fallback?.password ?? "",
  };
}
