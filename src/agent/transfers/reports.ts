import { messageOf } from "../../cwmp/errors.ts";
import type { Scheduler, Timer } from "../../ports/clock.ts";
import type { FileTransfer } from "../../ports/file-transfer.ts";
import type { Logger } from "../../ports/logger.ts";
import type { AutonomousTransfer } from "../autonomous/transfer-report.ts";
import { isBootstrap } from "../events/bootstrap.ts";
import type { EventQueue } from "../events/event-queue.ts";
import { autonomousTransfer, causeOf, covered, fileName, isAutonomous } from "./record.ts";
import type { TransferStore } from "./transfer-store.ts";

export interface TransferReportsOptions {
  readonly store: TransferStore;
  readonly events: EventQueue;
  readonly fileTransfer: FileTransfer;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  requestSession(): void;
  /** Called when a transfer that no ACS requested has ended. */
  completed(transfer: AutonomousTransfer): Promise<void>;
}

/** Wait after an internal error, such as a full disk. */
const A_WHILE_MS = 60_000;

/** Keeps the events of finished transfers in line with their records. */
export class TransferReports {
  readonly #options: TransferReportsOptions;
  /** Finished transfers whose events were in the queue: if they are gone, `0 BOOTSTRAP` has dropped them. */
  #announced: ReadonlySet<number> = NONE;
  /** Timer of the next try to save results of transfers. */
  #retry: Timer | null = null;
  #stopped = false;

  constructor(options: TransferReportsOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { store, events } = this.#options;
    for (const { id, step } of store.all) if (step === "reporting") this.#announce([id]);
    if (isBootstrap(events.pending())) await this.dropUnreported();
  }

  stop(): void {
    this.#stopped = true;
    this.#retry?.cancel();
  }

  /** A result is reported after it is durable: the next start must not retry a transfer that was reported as ended. */
  async send(): Promise<void> {
    const { store, events, fileTransfer } = this.#options;
    const isSaved = await store.isSaved();
    if (isSaved) await fileTransfer.keepOnly(this.#namesInUse());
    else this.#sendLater();
    const done = store.all.filter(({ id, step }) => step === "reporting" && (isSaved || this.#announced.has(id)));
    const requested = done.filter((record) => !isAutonomous(record));
    await events.reportTransfers(requested.map(causeOf));
    this.#announce(requested.map(({ id }) => id));
    if (requested.length < done.length) this.#sendAutonomous();
  }

  /**
   * `0 BOOTSTRAP` has dropped the events of these, so they are not reported (C-091). Transfers that finished later
   * are not among them: their events are in the queue, or will be.
   */
  async dropUnreported(): Promise<void> {
    const { store, events } = this.#options;
    const kept = covered(events.pending(), store.all);
    const unreported = store.all.filter((record) => this.#announced.has(record.id) && !kept.includes(record));
    if (unreported.length > 0) await this.#remove(unreported.map(({ id }) => id));
  }

  /** The ACS has received the TransferComplete. */
  async told(id: number): Promise<void> {
    await this.#remove([id]);
    await this.send();
  }

  /** Not during a start, because it requests a session. */
  #sendAutonomous(): void {
    const { scheduler, store, log } = this.#options;
    const send = async (): Promise<void> => {
      if (this.#stopped) return;
      const done = store.all.filter((record) => record.step === "reporting" && isAutonomous(record));
      for (const record of done) {
        await this.#options.completed(autonomousTransfer(record));
        await this.#remove([record.id]);
      }
    };
    scheduler.after(0, "report of autonomous transfers", () => {
      send().catch((error) =>
        log.error({ reason: messageOf(error) }, "The result of a transfer could not be reported"),
      );
    });
  }

  #sendLater(): void {
    const { scheduler, log } = this.#options;
    if (this.#stopped) return;
    this.#retry?.cancel();
    this.#retry = scheduler.after(A_WHILE_MS, "report of file transfers", () => {
      this.send()
        .then(() => this.#options.requestSession())
        .catch((error) => log.error({ reason: messageOf(error) }, "The result of a transfer could not be reported"));
    });
  }

  async #remove(ids: readonly number[]): Promise<void> {
    await this.#options.store.remove(ids);
    this.#announced = new Set([...this.#announced].filter((id) => !ids.includes(id)));
  }

  #announce(ids: readonly number[]): void {
    if (ids.length > 0) this.#announced = new Set([...this.#announced, ...ids]);
  }

  #namesInUse(): readonly string[] {
    return this.#options.store.all.filter(({ step }) => step === "installing").map(fileName);
  }
}

const NONE: ReadonlySet<number> = new Set();
