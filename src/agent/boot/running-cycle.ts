import type { CwmpEvent } from "../../cwmp/events.ts";
import { type AcsSettings, hasAcs, readAcsSettings } from "../core/acs-settings.ts";
import type { PhoneLink, ShutdownReason } from "../core/feature.ts";
import type { AgentOptions } from "../core/options.ts";
import type { SessionHistory } from "../core/session-history.ts";
import { isBootstrapDue } from "../events/bootstrap.ts";
import { runOneSession, type SessionParts } from "../sessions/run-one-session.ts";
import { createSessionLoop, type SessionLoop, type SessionLoopOptions } from "../sessions/session-loop.ts";
import { type TransferView, viewTransfer } from "../transfers/transfer-view.ts";
import { agentValuesOf } from "./agent-values.ts";
import type { BootCycle } from "./boot-cycle.ts";
import { FeatureCore } from "./feature-core.ts";
import { Features } from "./features.ts";
import { closePhone, openPhone, type Phone } from "./phone.ts";

/**
 * Boots: opens the phone, raises `1 BOOT` (and `0 BOOTSTRAP` where it is due), starts every feature in the order of their table,
 * then the first session. On failure everything opened is closed again.
 *
 * @param ended is called once with the reason when the phone shuts down
 */
export async function startBootCycle(
  options: AgentOptions,
  history: SessionHistory,
  ended: (reason: ShutdownReason) => void,
): Promise<BootCycle> {
  const values = agentValuesOf(options);
  const phone = await openPhone(options, values);
  const cycle = await openCycle(options, phone, history, ended);
  values.answerWith(cycle.features);
  try {
    await cycle.boot();
  } catch (error) {
    await cycle.stop();
    throw error;
  }
  return cycle;
}

async function openCycle(
  options: AgentOptions,
  phone: Phone,
  ...rest: [SessionHistory, (reason: ShutdownReason) => void]
) {
  try {
    return new RunningCycle(options, phone, await readAcsSettings(phone.tree), ...rest);
  } catch (error) {
    await closePhone(phone);
    throw error;
  }
}

class RunningCycle implements BootCycle, PhoneLink, SessionLoopOptions {
  readonly phone: Phone;
  readonly sessions: SessionLoop;
  readonly features: Features;
  readonly #options: AgentOptions;
  readonly #history: SessionHistory;
  readonly #ended: (reason: ShutdownReason) => void;
  #reason: ShutdownReason | null = null;

  constructor(
    options: AgentOptions,
    phone: Phone,
    own: AcsSettings,
    history: SessionHistory,
    ended: (reason: ShutdownReason) => void,
  ) {
    this.#options = options;
    this.phone = phone;
    this.#history = history;
    this.#ended = ended;
    this.sessions = createSessionLoop(this);
    this.features = new Features(new FeatureCore(options, phone, this), own);
  }

  async boot(): Promise<void> {
    const { events, changes } = this.phone;
    await events.rebooted();
    if (isBootstrapDue(this.phone, this.settings())) await events.bootstrap();
    await events.raise({ code: "1 BOOT", commandKey: "" });
    for (const feature of this.features.all) await feature.open?.();
    await changes.started();
    for (const feature of this.features.all) await feature.start();
    this.sessions.request();
  }

  async stop(): Promise<void> {
    // First what brings in new work stops, then the running session, then the rest.
    await this.features.follower.stop();
    await this.sessions.stop();
    for (const feature of this.features.all) await feature.stop();
    await this.settled();
    await closePhone(this.phone);
  }

  // `PhoneLink`: what the parts request of each other.

  settings(): AcsSettings {
    return this.features.follower.settings;
  }

  async raise(...events: readonly CwmpEvent[]): Promise<void> {
    await this.phone.events.raise(...events);
    this.sessions.request();
  }

  requestSession(): void {
    this.sessions.request();
  }

  async settled(): Promise<void> {
    await this.features.follower.settled();
    await this.phone.changes.settled();
  }

  reloadSettings(): void {
    this.features.follower.reload();
  }

  end(reason: ShutdownReason): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    if (this.sessions.phase === "session") return;
    void this.sessions.stop();
    this.#ended(reason);
  }

  // What the session loop needs.

  get scheduler(): SessionLoopOptions["scheduler"] {
    return this.#options.scheduler;
  }

  get random(): SessionLoopOptions["random"] {
    return this.#options.random;
  }

  get log(): SessionLoopOptions["log"] {
    return this.#options.log;
  }

  async policy(): ReturnType<SessionLoopOptions["policy"]> {
    await this.settled();
    const settings = this.settings();
    return hasAcs(settings) ? { ...this.#options.config.retry, ...settings.retry } : null;
  }

  async run(signal: AbortSignal): Promise<boolean> {
    await this.settled();
    const succeeded = await runOneSession(this.#session(), signal);
    if (succeeded) this.#options.backend.reached?.();
    return succeeded;
  }

  afterSession(): boolean {
    const reason = this.#reason;
    if (reason === null) return false;
    // Pending requests of the ACS come before the reboot.
    const ready = reason.kind === "reboot" ? this.features.transfers.atRest() : Promise.resolve();
    void ready.then(() => this.#ended(reason));
    return true;
  }

  #session(): SessionParts {
    const { phone, features } = this;
    return {
      ports: this.#options,
      phone,
      settings: this.settings(),
      features: features.all,
      hooks: {
        transfers: features.transfers,
        scheduleInform: (delaySeconds, commandKey) => features.scheduledInforms.schedule(delaySeconds, commandKey),
        settled: () => this.settled(),
        reboot: (commandKey) => {
          this.#reason ??= { kind: "reboot", commandKey };
        },
        factoryReset: () => {
          this.#reason = { kind: "factory-reset" };
        },
      },
      ended: (outcome) => this.#history.ended(outcome),
      again: () => this.sessions.request(),
    };
  }

  // What status interfaces read.

  get transferViews(): readonly TransferView[] {
    const { transfers: store, time } = this.phone;
    const { clock } = this.#options;
    return store.all.map((record) => viewTransfer(record, { progress: store.progressOf(record.id), clock, time }));
  }

  get autonomousTransfers(): Features["autonomous"] {
    return this.features.autonomous;
  }

  get autop(): Features["autop"] {
    return this.features.autop;
  }

  get phoneBooks(): Features["phoneBooks"] {
    return this.features.phoneBooks;
  }

  get ntp(): Features["ntp"] {
    return this.features.ntp;
  }

  get nextPeriodicAt(): number | null {
    return this.features.periodic.nextAt;
  }
}
