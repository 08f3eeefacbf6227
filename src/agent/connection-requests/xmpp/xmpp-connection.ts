import { messageOf } from "../../../cwmp/errors.ts";
import type { Scheduler, Timer } from "../../../ports/clock.ts";
import type { Logger } from "../../../ports/logger.ts";
import type { Random } from "../../../ports/random.ts";
import type {
  Xmpp,
  XmppElement,
  XmppFailure,
  XmppLink,
  XmppListener,
  XmppReply,
  XmppServer,
} from "../../../ports/xmpp.ts";
import { orderServers, retryDelayMs } from "./xmpp-servers.ts";
import type { XmppConnectionSettings } from "./xmpp-settings.ts";

/** TR-181 Device.XMPP.Connection.{i}.Status. */
export type XmppStatus =
  | "Disabled"
  | "Connecting"
  | "Enabled"
  | "ServerNotPresent"
  | "Error_AuthenticationFailure"
  | "Error_Misconfigured"
  | "Error";

export interface XmppState {
  readonly status: XmppStatus;
  readonly secured: boolean;
}

export interface XmppConnectionOptions {
  readonly settings: XmppConnectionSettings;
  readonly xmpp: Xmpp;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly log: Logger;
  readonly request: (from: string, element: XmppElement) => XmppReply;
  readonly online: (jabberId: string) => void;
  readonly changed: () => void;
}

/** Keeps one account online: connects, and reconnects after a loss, until it is stopped. */
export interface XmppConnection {
  readonly state: XmppState;
  start(): void;
  stop(): Promise<void>;
}

const STATUS_AFTER: Readonly<Record<XmppFailure, XmppStatus>> = {
  unreachable: "ServerNotPresent",
  authentication: "Error_AuthenticationFailure",
  other: "Error",
};
const CLIENT_PORT = 5222;

export function createXmppConnection(options: XmppConnectionOptions): XmppConnection {
  return new RunningConnection(options);
}

class RunningConnection implements XmppConnection {
  readonly #options: XmppConnectionOptions;
  readonly #log: Logger;
  #state: XmppState = { status: "Disabled", secured: false };
  #link: XmppLink | null = null;
  #timer: Timer | null = null;
  #stopped = false;
  /** Servers of this round, the current one first. */
  #servers: readonly XmppServer[] = [];
  /** Consecutive failures with the first of them. */
  #failures = 0;

  constructor(options: XmppConnectionOptions) {
    this.#options = options;
    this.#log = options.log.child({ xmppConnection: options.settings.instance });
  }

  get state(): XmppState {
    return this.#state;
  }

  start(): void {
    const { enabled, username, domain, servers } = this.#options.settings;
    if (!enabled) return;
    if (username !== "" && domain !== "" && servers?.length !== 0) {
      this.#connect();
      return;
    }
    this.#log.warn({}, "This XMPP connection lacks its Username, its Domain or, with ServerTable, an enabled server");
    this.#become("Error_Misconfigured");
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#link?.close();
  }

  #connect(): void {
    this.#become("Connecting");
    void this.#nextServer().then(
      (server) => this.#open(server),
      (error) => this.#ended("unreachable", messageOf(error)),
    );
  }

  async #nextServer(): Promise<XmppServer> {
    const { settings, xmpp, random } = this.#options;
    if (this.#servers.length === 0) {
      const known = settings.servers ?? (await xmpp.servers(settings.domain));
      this.#servers = orderServers(known, random);
    }
    // RFC 6120 3.2.2: without SRV records the domain itself is the host.
    return this.#servers[0] ?? { host: settings.domain, port: CLIENT_PORT, priority: 0, weight: 0 };
  }

  #open({ host, port }: XmppServer): void {
    if (this.#stopped) return;
    const { settings, xmpp, request } = this.#options;
    const listener: XmppListener = {
      online: (jabberId, secured) => this.#online(jabberId, secured),
      request,
      ended: (failure, reason) => this.#ended(failure, reason),
    };
    this.#log.debug({ host, port }, "Connecting to the XMPP server");
    this.#link = xmpp.connect({ ...settings, host, port }, listener);
  }

  #online(jabberId: string, secured: boolean): void {
    this.#failures = 0;
    this.#log.info({ jabberId, secured }, "Online on the XMPP server");
    this.#options.online(jabberId);
    this.#become("Enabled", secured);
  }

  #ended(failure: XmppFailure, reason: string): void {
    if (this.#stopped) return;
    const { settings, random, scheduler } = this.#options;
    this.#link = null;
    this.#failures += 1;
    const delayMs = retryDelayMs(settings.retry, this.#failures, random);
    this.#log.warn(
      { reason, failures: this.#failures, delayMs: Math.round(delayMs) },
      "The XMPP connection has failed",
    );
    if (this.#failures === settings.retry.attempts) this.#turnToNextServer();
    this.#timer = scheduler.after(delayMs, "XMPP reconnect", () => this.#connect());
    this.#become(STATUS_AFTER[failure]);
  }

  /** After the last server the list is resolved again: SRV records may have changed. */
  #turnToNextServer(): void {
    this.#servers = this.#servers.slice(1);
    this.#failures = 0;
  }

  #become(status: XmppStatus, secured = false): void {
    if (this.#stopped || (status === this.#state.status && secured === this.#state.secured)) return;
    this.#state = { status, secured };
    this.#options.changed();
  }
}
