import { messageOf } from "../cwmp/errors.ts";
import type { CwmpEvent } from "../cwmp/events.ts";
import type { TreeChange } from "../parameters/tree.ts";
import type { RpcContext } from "../rpc/context.ts";
import { createAcsMethods } from "./acs-methods.ts";
import { type AcsSettings, CONNECTION_REQUEST_URL, readAcsSettings } from "./acs-settings.ts";
import { type ActiveThrottle, createActiveThrottle } from "./active-throttle.ts";
import { createAgentValues } from "./agent-values.ts";
import type { AutonomousTransfers } from "./autonomous-transfers.ts";
import type { RetryPolicy } from "./config.ts";
import { type ConnectionEndpoint, createConnectionEndpoint } from "./connection-endpoint.ts";
import type { Feature } from "./feature.ts";
import { type FileTransfers, openFileTransfers } from "./file-transfers.ts";
import { createNotificationLimits, type NotificationLimits } from "./notification-limits.ts";
import type { AgentOptions } from "./options.ts";
import { createPeriodicInform, type PeriodicInform } from "./periodic.ts";
import { openPhone, type Phone } from "./phone.ts";
import { runOneSession } from "./run-one-session.ts";
import { createScheduledInforms, type ScheduledInforms } from "./scheduled-informs.ts";
import { createScheduledReboot } from "./scheduled-reboot.ts";
import { createSessionLoop, type SessionLoop } from "./session-loop.ts";
import { createVersionChoice, type VersionChoice } from "./version-choice.ts";

const LAN_ADDRESS = "Device.LAN.IPAddress";
const SETTINGS_KEYS = "Config.TR069.";
const NO_KEY = { commandKey: "" } as const;

/** What the ACS has asked for that ends this life of the phone. */
export type EndOfLife = { readonly kind: "reboot"; readonly commandKey: string } | { readonly kind: "factory-reset" };

/** The phone from one boot to the next. */
export interface Life {
  readonly phone: Phone;
  readonly sessions: SessionLoop;
  /** Transfers that the ACS has not asked for. */
  readonly autonomousTransfers: AutonomousTransfers;
  /** Raises the events of one cause, durably, and opens a session for them. */
  raise(...events: readonly CwmpEvent[]): Promise<void>;
  stop(): Promise<void>;
}

/** Boots: opens the phone, raises `1 BOOT` (and `0 BOOTSTRAP` where it is due), opens the door, starts the first session. */
export async function startLife(options: AgentOptions, ended: (end: EndOfLife) => void): Promise<Life> {
  const life = new RunningLife(options, ended);
  try {
    await life.boot();
  } catch (error) {
    await life.stop();
    throw error;
  }
  return life;
}

interface Opened {
  readonly phone: Phone;
  readonly versions: VersionChoice;
  readonly features: readonly Feature[];
  readonly fileTransfers: FileTransfers;
  readonly throttle: ActiveThrottle;
  readonly endpoint: ConnectionEndpoint;
  settings: AcsSettings;
}

class RunningLife implements Life {
  readonly #options: AgentOptions;
  readonly #ended: (end: EndOfLife) => void;
  readonly #periodic: PeriodicInform;
  readonly #limits: NotificationLimits;
  readonly #scheduledInforms: ScheduledInforms;
  readonly sessions: SessionLoop;
  #opened: Opened | null = null;
  #connectionRequestUrl = "";
  #end: EndOfLife | null = null;
  /** Reads and takes over changed settings, one change after the other. */
  #reloading: Promise<void> = Promise.resolve();

  constructor(options: AgentOptions, ended: (end: EndOfLife) => void) {
    this.#options = options;
    this.#ended = ended;
    this.#periodic = createPeriodicInform(options, () => this.#raiseLogged({ code: "2 PERIODIC", ...NO_KEY }));
    this.#scheduledInforms = createScheduledInforms({ ...options, raise: (events) => this.raise(...events) });
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
      afterSession: () => this.#afterSession(),
    });
  }

  get phone(): Phone {
    return this.#life().phone;
  }

  async boot(): Promise<void> {
    const { config, log } = this.#options;
    const phone = await openPhone(this.#options, {
      agentValues: createAgentValues(this.#options, () => this.#connectionRequestUrl),
      activeChange: (paths) => this.#limits.changed(paths),
      told: (paths) => this.#limits.told(paths),
    });
    const settings = await readAcsSettings(phone.tree);
    const endpoint = createConnectionEndpoint({
      connectionRequests: this.#options.connectionRequests,
      token: phone.lifecycle.current.connectionRequestToken ?? "",
      credentials: () => this.#life().settings.connectionRequest,
      requested: () => this.#raiseLogged({ code: "6 CONNECTION REQUEST", ...NO_KEY }),
    });
    const throttle = this.#createThrottle(phone);
    const fileTransfers = await this.#openTransfers(phone);
    const { transfers, autonomous } = fileTransfers;
    const features = [throttle, transfers, autonomous, ...this.#createFeatures(phone)];
    const versions = createVersionChoice(config.version, phone.acs, log);
    this.#opened = { phone, versions, endpoint, settings, features, throttle, fileTransfers };
    await phone.events.rebooted();
    if (isBootstrapDue(phone, settings)) await phone.events.bootstrap();
    await phone.events.add({ code: "1 BOOT", ...NO_KEY });
    await this.#takeOver(settings, null);
    this.#connectionRequestUrl = await this.#currentUrl();
    await phone.changes.started();
    phone.tree.onChange((change) => this.#changed(change));
    for (const feature of features) await feature.start();
    this.sessions.request();
  }

  async stop(): Promise<void> {
    this.#periodic.stop();
    this.#limits.stop();
    await this.#opened?.endpoint.close();
    await this.sessions.stop();
    for (const feature of this.#opened?.features ?? []) await feature.stop();
    await this.#reloading;
    await this.#opened?.phone.tree.close();
  }

  async raise(...events: readonly CwmpEvent[]): Promise<void> {
    await this.phone.events.add(...events);
    this.sessions.request();
  }

  get autonomousTransfers(): AutonomousTransfers {
    return this.#life().fileTransfers.autonomous;
  }

  /** What this phone can do beside the sessions; each one is started with every life and asked before every session. */
  #createFeatures(phone: Phone): readonly Feature[] {
    const { config, clock, scheduler, log } = this.#options;
    const reboot = (): void => this.#endWhenIdle({ kind: "reboot", commandKey: "" });
    const reboots = createScheduledReboot({ tree: phone.tree, clock, scheduler, log, reboot });
    const acsMethods = createAcsMethods({ knowledge: phone.acs, url: () => this.#life().settings.url, log });
    // Its question comes last: an ACS that answers it with a fault gets no further request in that session (C-078).
    return [reboots, this.#scheduledInforms, ...(config.askRpcMethods ? [acsMethods] : [])];
  }

  #createThrottle({ changes }: Phone): ActiveThrottle {
    const { clock, scheduler } = this.#options;
    return createActiveThrottle({
      clock,
      scheduler,
      sessions: this.sessions,
      seconds: () => this.#life().settings.activeThrottleSeconds,
      pending: () => changes.activePending,
    });
  }

  async #retryPolicy(): Promise<RetryPolicy> {
    await this.#reloading;
    return { ...this.#options.config.retry, ...this.#opened?.settings.retry };
  }

  #openTransfers(phone: Phone): Promise<FileTransfers> {
    return openFileTransfers(this.#options, phone, {
      requestSession: () => this.sessions.request(),
      reboot: () => this.#endWhenIdle({ kind: "reboot", commandKey: "" }),
      settled: () => this.#reloading,
    });
  }

  #life(): Opened {
    if (this.#opened === null) throw new Error("the phone has not booted");
    return this.#opened;
  }

  #raiseLogged(event: CwmpEvent): void {
    this.raise(event).catch((error) =>
      this.#options.log.error({ event: event.code, reason: messageOf(error) }, "An event could not be stored"),
    );
  }

  async #session(signal: AbortSignal): Promise<boolean> {
    await this.#reloading;
    const { phone, versions, settings, features } = this.#life();
    const { config, transport, clock, log } = this.#options;
    const context = this.#context(phone);
    return runOneSession({ phone, versions, settings, features, config, transport, clock, log, context }, signal);
  }

  #context(phone: Phone): RpcContext {
    const { attributes, changes, tree } = phone;
    return {
      parameters: tree,
      attributes: {
        ...attributes,
        set: async (requests, layout) => {
          await attributes.set(requests, layout);
          await changes.attributesSet();
        },
      },
      transfers: this.#life().fileTransfers.transfers,
      rebootAfterSession: async (commandKey) => {
        await phone.events.add({ code: "M Reboot", commandKey });
        this.#end ??= { kind: "reboot", commandKey };
      },
      factoryResetAfterSession: async () => {
        await phone.lifecycle.update({ resetting: true });
        this.#end = { kind: "factory-reset" };
      },
      scheduleInform: (delaySeconds, commandKey) => this.#scheduledInforms.schedule(delaySeconds, commandKey),
    };
  }

  /** Ends this life now, or right after the running session. */
  #endWhenIdle(end: EndOfLife): void {
    if (this.#end !== null) return;
    this.#end = end;
    if (this.sessions.phase === "session") return;
    void this.sessions.stop();
    this.#ended(end);
  }

  #afterSession(): boolean {
    if (this.#end === null) return false;
    this.#ended(this.#end);
    return true;
  }

  #changed({ keys, paths }: TreeChange): void {
    const settingsChanged = [...keys].some((key) => key.startsWith(SETTINGS_KEYS));
    if (!settingsChanged && !paths.has(LAN_ADDRESS)) return;
    this.#reloading = this.#reloading
      .then(() => this.#reload())
      .catch((error) =>
        this.#options.log.error({ reason: messageOf(error) }, "Changed settings could not be taken over"),
      );
  }

  async #reload(): Promise<void> {
    const life = this.#life();
    const before = life.settings;
    life.settings = await readAcsSettings(life.phone.tree);
    await this.#takeOver(life.settings, before);
    life.throttle.settingsChanged();
    if (before.enabled && !life.settings.enabled) {
      this.#options.log.warn(
        {},
        "TR-069 has been turned off: no ACS reaches the phone until a person turns it on again",
      );
    }
    await this.#refreshConnectionRequestUrl();
  }

  async #takeOver(settings: AcsSettings, before: AcsSettings | null): Promise<void> {
    const { endpoint, phone } = this.#life();
    this.#periodic.apply({ ...settings.periodic, enabled: settings.enabled && settings.periodic.enabled });
    if (settings.enabled) await endpoint.open();
    else await endpoint.close();
    if (before === null) return;
    if (before.url !== settings.url) await phone.events.bootstrap();
    if (before.url !== settings.url || (settings.enabled && !before.enabled)) this.sessions.request();
  }

  async #refreshConnectionRequestUrl(): Promise<void> {
    const url = await this.#currentUrl();
    if (url === this.#connectionRequestUrl) return;
    this.#connectionRequestUrl = url;
    this.phone.tree.agentValueChanged(CONNECTION_REQUEST_URL);
  }

  async #currentUrl(): Promise<string> {
    const { endpoint, phone, settings } = this.#life();
    const address = (await phone.tree.readSecrets([LAN_ADDRESS])).get(LAN_ADDRESS) ?? "";
    return endpoint.url(settings.cpeUrl, address);
  }
}

/**
 * Before the first contact with this ACS, and after every change of its URL (C-090). One that still waits is not raised
 * again: it would drop what has happened since (C-091).
 */
function isBootstrapDue({ lifecycle, events }: Phone, { url }: AcsSettings): boolean {
  const waits = events.pending().some(({ code }) => code === "0 BOOTSTRAP");
  return url !== "" && lifecycle.current.informedUrl !== url && !waits;
}
