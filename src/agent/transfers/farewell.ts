import type { Scheduler, Timer } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { type AcsSettings, hasAcs } from "../core/acs-settings.ts";
import type { SessionOutcome } from "../core/session-history.ts";
import type { SteadyTime } from "../time/steady-time.ts";
import { type FormerAcs, isAutonomous, type TransferRecord } from "./record.ts";
import type { TransferStore } from "./transfer-store.ts";

/** Maximum of failed sessions with the former ACS, over all restarts. */
const MAX_FAILURES = 5;
/** Counted from the file, and after a restart from the restart. */
const MAX_MS = 600_000;

export interface FarewellOptions {
  readonly store: TransferStore;
  readonly time: SteadyTime;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

/**
 * A configuration file that turns TR-069 off, or sets another ACS, must not cut the phone off before the requesting
 * ACS knows the result. That ACS stays in force until it has received the TransferComplete, limited by time and
 * tries.
 */
export interface Farewell {
  /** The phone's own settings; while a report to a former ACS is due, with that ACS in place of the new one. */
  inForce(settings: AcsSettings): AcsSettings;
  /** The ACS to report to about a configuration file that is about to be applied; null if there is none. */
  before(settings: AcsSettings): FormerAcs | null;
  /** The former ACS to report to after the file was applied or refused; null if the ACS has not changed. */
  after(settings: AcsSettings): FormerAcs | null;
  /** A session has ended. */
  sessionEnded(outcome: SessionOutcome): Promise<void>;
  /** Settings made at the phone itself take effect at once. */
  giveUp(): void;
  /**
   * Whether the farewell has just ended: from then on the phone's own settings are in force. Otherwise it waits, for at
   * most `late`.
   */
  hasEnded(late: () => void): Promise<boolean>;
  stop(): void;
}

export function createFarewell(options: FarewellOptions): Farewell {
  return new OneFarewell(options);
}

class OneFarewell implements Farewell {
  readonly #options: FarewellOptions;
  #givenUp = false;
  #timer: Timer | null = null;

  constructor(options: FarewellOptions) {
    this.#options = options;
  }

  inForce(settings: AcsSettings): AcsSettings {
    const { formerAcs } = this.#options.store;
    if (formerAcs === null || this.#isOver(formerAcs)) return settings;
    const { url, username, password } = formerAcs;
    return { ...settings, enabled: true, url, username, password };
  }

  before(settings: AcsSettings): FormerAcs | null {
    const inForce = this.inForce(settings);
    const { url, username, password } = inForce;
    const { formerAcs } = this.#options.store;
    if (formerAcs !== null && !this.#isOver(formerAcs)) return formerAcs;
    this.#givenUp = false;
    return hasAcs(inForce) ? { url, username, password, failures: 0 } : null;
  }

  after({ enabled, url, username, password }: AcsSettings): FormerAcs | null {
    const { store, log } = this.#options;
    const former = store.formerAcs;
    if (former === null) return null;
    const isSame = url === former.url && username === former.username && password === former.password;
    if (enabled && isSame) return null;
    const what = enabled ? "another ACS, user name or password" : "TR-069 off";
    log.info(
      {},
      `A configuration file sets ${what}: in force after the requesting ACS has received the TransferComplete`,
    );
    return former;
  }

  async sessionEnded({ successful, failure }: SessionOutcome): Promise<void> {
    const { store } = this.#options;
    const isUnreported = store.all.some(({ step }) => step === "reporting");
    if (successful || failure?.code === "SESSION_ABORTED" || !isUnreported) return;
    await store.learnFormerAcs((former) => (former === null ? null : { ...former, failures: former.failures + 1 }));
  }

  giveUp(): void {
    this.#givenUp = true;
  }

  async hasEnded(late: () => void): Promise<boolean> {
    const { store, scheduler, log } = this.#options;
    const { formerAcs } = store;
    if (formerAcs !== null && !this.#isOver(formerAcs)) {
      this.#timer ??= scheduler.after(MAX_MS, "TransferComplete for the former ACS", () => {
        this.#givenUp = true;
        late();
      });
      return false;
    }
    this.stop();
    if (formerAcs === null) return false;
    if (this.#owes()) log.warn({}, "The ACS that requested a configuration file has not received its TransferComplete");
    await store.learnFormerAcs(() => null);
    return true;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #isOver({ failures }: FormerAcs): boolean {
    return this.#givenUp || failures >= MAX_FAILURES || !this.#owes();
  }

  /** A transfer that the former ACS requested is due, running or unreported. */
  #owes(): boolean {
    const { store, time } = this.#options;
    const isOwed = (record: TransferRecord): boolean =>
      !isAutonomous(record) && (record.step !== "waiting" || record.dueAt <= time.now());
    return store.all.some(isOwed);
  }
}
