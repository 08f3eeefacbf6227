import type { CwmpEvent } from "../cwmp/events.ts";
import { DurableState } from "../durable/durable-state.ts";
import type { RpcContext } from "../rpc/context.ts";
import { type AcsSettings, readAcsSettings } from "./acs-settings.ts";
import { type ActiveThrottle, createActiveThrottle } from "./active-throttle.ts";
import { createAgentValues } from "./agent-values.ts";
import type { AutonomousTransfers } from "./autonomous-transfers.ts";
import { isBootstrapDue } from "./bootstrap.ts";
import type { RetryPolicy } from "./config.ts";
import { type ConnectionEndpoint, createConnectionEndpoint } from "./connection-endpoint.ts";
import { createFeatures, type Features } from "./features.ts";
import { type FileTransfers, openFileTransfers } from "./file-transfers.ts";
import type { EndOfLife, Life } from "./life.ts";
import { createNotificationLimits, type NotificationLimits } from "./notification-limits.ts";
import type { OpenedLife } from "./opened-life.ts";
import type { AgentOptions } from "./options.ts";
import { createPeriodicInform, type PeriodicInform } from "./periodic.ts";
import { openPhone, type Phone } from "./phone.ts";
import { createRpcContext } from "./rpc-context.ts";
import { isSessionDue, runOneSession } from "./run-one-session.ts";
import { createScheduledInforms, type ScheduledInforms } from "./scheduled-informs.ts";
import type { SessionHistory, SessionOutcome } from "./session-history.ts";
import { createSessionLoop, type SessionLoop } from "./session-loop.ts";
import { createSettingsFollower, type SettingsFollower } from "./settings-follower.ts";
import type { Transfers } from "./transfers/parts.ts";
import type { TransferView } from "./transfers/transfer-view.ts";
import { createVersionChoice } from "./version-choice.ts";
import { openXmppFeature } from "./xmpp.ts";

const NO_KEY = { commandKey: "" } as const;

/** Boots: opens the phone, raises `1 BOOT` (and `0 BOOTSTRAP` where it is due), opens the door, starts the first session. */
export async function startLife(
  options: AgentOptions,
  history: SessionHistory,
  ended: (end: EndOfLife) => void,
): Promise<Life> {
  const life = new RunningLife(options, history, ended);
  try {
    await life.boot();
  } catch (error) {
    await life.stop();
    throw error;
  }
  return life;
}

class RunningLife implements Life {
  readonly #options: AgentOptions;
  readonly #history: SessionHistory;
  readonly #ended: (end: EndOfLife) => void;
  readonly #state: DurableState;
  readonly #periodic: PeriodicInform;
  readonly #limits: NotificationLimits;
  readonly #scheduledInforms: ScheduledInforms;
  readonly sessions: SessionLoop;
  #opened: OpenedLife | null = null;
  #end: EndOfLife | null = null;

  constructor(options: AgentOptions, history: SessionHistory, ended: (end: EndOfLife) => void) {
    this.#options = options;
    this.#history = history;
    this.#ended = ended;
    this.#state = new DurableState({ ...options, store: options.state });
    this.#periodic = createPeriodicInform(options, () => void this.raise({ code: "2 PERIODIC", ...NO_KEY }));
    this.#scheduledInforms = createScheduledInforms({
      ...options,
      time: () => this.phone.time,
      state: this.#state,
      raise: (events) => this.raise(...events),
      pendingEvents: () => this.phone.events.pending(),
    });
    this.#limits = createNotificationLimits({
      ...options,
      tree: () => this.phone.tree,
      // Before the phone is open there is nothing to hold back: booting starts a session of its own.
      notify: () => this.#opened?.throttle.activeChange(),
    });
    this.sessions = createSessionLoop({
      scheduler: options.scheduler,
      random: options.random,
      policy: () => this.#retryPolicy(),
      log: options.log,
      run: (signal) => this.#session(signal),
      due: () => isSessionDue({ ...this.#life(), settings: this.settings }),
      afterSession: () => this.#afterSession(),
    });
  }

  get phone(): Phone {
    return this.#life().phone;
  }

  async boot(): Promise<void> {
    const { config, log } = this.#options;
    const phone = await openPhone(this.#options, {
      state: this.#state,
      agentValues: createAgentValues(this.#options, {
        connectionRequestUrl: () => this.#opened?.follower.connectionRequestUrl ?? "",
        udp: () => this.#opened?.own.udp ?? null,
        xmpp: (...of) => this.#opened?.xmpp.value(...of) ?? "",
      }),
      activeChange: (paths) => this.#limits.changed(paths),
      told: (paths) => this.#limits.told(paths),
    });
    const fileTransfers = await this.#openTransfers(phone);
    const { transfers, autonomous } = fileTransfers;
    const settings = transfers.inForce(await readAcsSettings(phone.tree));
    const current = (): AcsSettings => this.settings;
    const requested = (): void => void this.raise({ code: "6 CONNECTION REQUEST", ...NO_KEY });
    const endpoint = createConnectionEndpoint({
      connectionRequests: this.#options.connectionRequests,
      token: phone.lifecycle.current.connectionRequestToken ?? "",
      cpeUrl: () => current().cpeUrl,
      credentials: () => current().connectionRequest,
      requested,
    });
    const throttle = this.#createThrottle(phone);
    const xmpp = await openXmppFeature({
      ...this.#options,
      state: this.#state,
      tree: phone.tree,
      settings: current,
      requested,
    });
    const own = this.#createFeatures(phone, fileTransfers);
    const features = [throttle, transfers, autonomous, xmpp, ...own.all];
    const versions = createVersionChoice(config.version, phone.acs, log);
    const follower = this.#createFollower(phone, transfers, settings, endpoint);
    this.#opened = { phone, versions, endpoint, xmpp, follower, features, throttle, fileTransfers, own };
    await phone.events.rebooted();
    if (isBootstrapDue(phone, settings)) await phone.events.bootstrap();
    await phone.events.raise({ code: "1 BOOT", ...NO_KEY });
    await follower.start();
    await own.udp.open();
    await phone.changes.started();
    follower.follow();
    for (const feature of features) await feature.start();
    this.sessions.request();
  }

  async stop(): Promise<void> {
    this.#periodic.stop();
    this.#limits.stop();
    this.#opened?.follower.stop();
    await this.#opened?.endpoint.close();
    await this.sessions.stop();
    for (const feature of this.#opened?.features ?? []) await feature.stop();
    await this.#settled();
    this.#opened?.phone.time.stop();
    await this.#opened?.phone.tree.close();
    await this.#state.stop();
  }

  async raise(...events: readonly CwmpEvent[]): Promise<void> {
    await this.phone.events.raise(...events);
    this.sessions.request();
  }

  get autonomousTransfers(): AutonomousTransfers {
    return this.#life().fileTransfers.autonomous;
  }

  get autop(): Features["autop"] {
    return this.#life().own.autop;
  }

  get phoneBooks(): Features["phoneBooks"] {
    return this.#life().own.phoneBooks;
  }

  #createFeatures(phone: Phone, fileTransfers: FileTransfers): Features {
    return createFeatures(this.#options, phone, {
      settings: () => this.settings,
      settled: () => this.#settled(),
      raise: (event) => void this.raise(event),
      reboot: () => this.end({ kind: "reboot", commandKey: "" }),
      ...fileTransfers,
      scheduledInforms: this.#scheduledInforms,
    });
  }

  #createThrottle({ changes }: Phone): ActiveThrottle {
    return createActiveThrottle({
      ...this.#options,
      sessions: this.sessions,
      seconds: () => this.settings.activeThrottleSeconds,
      pending: () => changes.activePending,
    });
  }

  #createFollower(
    phone: Phone,
    transfers: Transfers,
    settings: AcsSettings,
    endpoint: ConnectionEndpoint,
  ): SettingsFollower {
    return createSettingsFollower({
      phone,
      settings,
      endpoint,
      periodic: this.#periodic,
      scheduler: this.#options.scheduler,
      log: this.#options.log,
      inForce: (now) => transfers.inForce(now),
      acsSetHere: () => transfers.acsSetHere(),
      requestSession: () => this.sessions.request(),
      changed: () => {
        for (const feature of this.#life().features) feature.settingsChanged?.();
      },
    });
  }

  get settings(): AcsSettings {
    return this.#life().follower.settings;
  }

  get transferViews(): readonly TransferView[] {
    return this.#life().fileTransfers.views();
  }

  get nextPeriodicAt(): number | null {
    return this.#periodic.nextAt;
  }

  /** Every change so far has been taken over, and recorded where it is one of values. */
  async #settled(): Promise<void> {
    await this.#opened?.follower.settled();
    await this.#opened?.phone.changes.settled();
  }

  async #retryPolicy(): Promise<RetryPolicy> {
    await this.#settled();
    return { ...this.#options.config.retry, ...this.#opened?.follower.settings.retry };
  }

  #openTransfers(phone: Phone): Promise<FileTransfers> {
    return openFileTransfers(this.#options, phone, {
      requestSession: () => this.sessions.request(),
      reboot: () => this.end({ kind: "reboot", commandKey: "" }),
      settled: () => this.#settled(),
      settingsChanged: () => this.#opened?.follower.reload(),
    });
  }

  #life(): OpenedLife {
    if (this.#opened === null) throw new Error("the phone has not booted");
    return this.#opened;
  }

  async #session(signal: AbortSignal): Promise<boolean> {
    await this.#settled();
    const { phone, versions, follower, features } = this.#life();
    const { config, transport, clock, scheduler, log, meter } = this.#options;
    const ports = { transport, clock, scheduler, log, meter };
    const context = this.#context(phone);
    const ended = (outcome: SessionOutcome): void => this.#history.ended(outcome);
    const again = (): void => this.sessions.request();
    const succeeded = await runOneSession(
      { ...{ phone, versions, settings: follower.settings, features, config, context, ended, again }, ...ports },
      signal,
    );
    if (succeeded) this.#options.backend.reached?.();
    return succeeded;
  }

  #context(phone: Phone): RpcContext {
    return createRpcContext(phone, {
      transfers: this.#life().fileTransfers.transfers,
      scheduleInform: (delaySeconds, commandKey) => this.#scheduledInforms.schedule(delaySeconds, commandKey),
      reboot: (commandKey) => {
        this.#end ??= { kind: "reboot", commandKey };
      },
      factoryReset: () => {
        this.#end = { kind: "factory-reset" };
      },
    });
  }

  end(end: EndOfLife): void {
    if (this.#end !== null) return;
    this.#end = end;
    if (this.sessions.phase === "session") return;
    void this.sessions.stop();
    this.#ended(end);
  }

  #afterSession(): boolean {
    const end = this.#end;
    if (end === null) return false;
    // What the ACS asked for before the reboot comes before it.
    const ready = end.kind === "reboot" ? this.#life().fileTransfers.transfers.atRest() : Promise.resolve();
    void ready.then(() => this.#ended(end));
    return true;
  }
}
