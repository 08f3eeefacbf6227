import { CwmpFault, messageOf } from "../../cwmp/errors.ts";
import type { CwmpEvent } from "../../cwmp/events.ts";
import type { Clock, Scheduler, Timer } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Meter } from "../../ports/meter.ts";
import type { TransferRequests } from "../../rpc/transfer-requests.ts";
import type { OutgoingRequest } from "../../session/outgoing.ts";
import type { AnyQueuedTransfer, RequestOf } from "../../soap/messages.ts";
import { isBootstrap } from "../bootstrap.ts";
import type { EventQueue } from "../event-queue.ts";
import type { Feature } from "../feature.ts";
import type { SteadyTime } from "../steady-time.ts";
import { checkDownload, checkUpload, checkWindows } from "./checks.ts";
import { type InstallParts, installFailure } from "./install.ts";
import { planTry } from "./next-try.ts";
import {
  type Asked,
  causeOf,
  covered,
  fileName,
  finished,
  inTurn,
  listed,
  type TransferFailure,
  type TransferRecord,
} from "./record.ts";
import { transferComplete } from "./transfer-complete.ts";
import type { TransferStore } from "./transfer-store.ts";
import { createTry, type Try } from "./try.ts";

export interface TransfersOptions extends InstallParts {
  readonly store: TransferStore;
  readonly events: EventQueue;
  readonly clock: Clock;
  readonly time: SteadyTime;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  readonly meter: Meter;
  /** There is something to tell the ACS. */
  readonly requestSession: () => void;
  /** Restarts the phone, after a session under way. */
  readonly reboot: () => void;
  /** Changes of settings that were made have been taken over. */
  readonly settled: () => Promise<void>;
}

/** The file transfers of one phone (TR-069 A.3.2.8, A.4.1): one at a time, each taken up again after a power cut. */
export interface Transfers extends Feature, TransferRequests {
  /** Resolves when none is due or under way any more, or after a minute. A reboot waits for that. */
  atRest(): Promise<void>;
}

/** C-185 asks for 3; lists hold no more than 16 (C-196). */
const MOST_TRANSFERS = 16;
/** After an error of our own, such as a full disk; and until a reboot waits no longer. */
const A_WHILE_MS = 60_000;

export function createTransfers(options: TransfersOptions): Transfers {
  return new TransferQueue(options);
}

class TransferQueue implements Transfers {
  readonly #options: TransfersOptions;
  /** Asked for in the session under way: they begin after it (C-174). */
  readonly #fresh = new Set<number>();
  /** Finished, and their events stood in the queue once: where they are gone, `0 BOOTSTRAP` has dropped them. */
  readonly #announced = new Set<number>();
  #running: Try | null = null;
  #timer: { cancel(): void } | null = null;
  /** Of the next try to save what has come of transfers. */
  #telling: Timer | null = null;
  #stopped = false;
  /** Hears that none is due or under way. */
  #rested = (): void => {};

  constructor(options: TransfersOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { store, events, time } = this.#options;
    for (const { requestedAt } of store.all) time.atLeast(requestedAt);
    for (const { id, step } of store.all) if (step === "reporting") this.#announced.add(id);
    if (isBootstrap(events.pending())) await this.#forgetUntold();
    for (const { id, step, fileType } of store.all) {
      if (step === "rebooting") await this.#settle(id, await installFailure(fileType, this.#options));
      if (step === "transferring") await this.#again(id, {});
    }
    await this.#tellEvents();
    this.#pump();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#telling?.cancel();
    this.#rested();
    this.#running?.breakOff();
    await this.#running?.done;
  }

  async atRest(): Promise<void> {
    await new Promise<void>((resolve) => {
      const limit = this.#options.scheduler.after(A_WHILE_MS, "rest of file transfers", resolve);
      this.#rested = () => {
        limit.cancel();
        resolve();
      };
      this.#pump();
    });
  }

  requests(told: readonly CwmpEvent[]): readonly OutgoingRequest[] {
    if (isBootstrap(told)) this.#logged(this.#forgetUntold());
    return covered(told, this.#options.store.all).map((record) =>
      transferComplete(record, () => this.#reported(record.id)),
    ) as unknown as readonly OutgoingRequest[];
  }

  sessionEnded(): void {
    this.#fresh.clear();
    this.#pump();
  }

  async download(args: RequestOf<"Download">): Promise<void> {
    checkDownload(args, this.#options.backend);
    await this.#add({ ...args, method: "Download", dueAt: this.#now() + args.delaySeconds * 1000, windows: [] });
  }

  async upload(args: RequestOf<"Upload">): Promise<void> {
    checkUpload(args, this.#options.backend);
    const rest = { fileSize: 0, targetFileName: "", windows: [] };
    await this.#add({ ...args, ...rest, method: "Upload", dueAt: this.#now() + args.delaySeconds * 1000 });
  }

  async scheduleDownload(args: RequestOf<"ScheduleDownload">): Promise<void> {
    checkDownload(args, this.#options.backend);
    const windows = checkWindows(args.timeWindowList, this.#now());
    await this.#add({ ...args, method: "ScheduleDownload", windows, dueAt: windows[0]?.startAt ?? this.#now() });
  }

  async cancel(commandKey: string): Promise<void> {
    const { store, log } = this.#options;
    // Gone from the list, a download that ends just now is not installed.
    const ids = await store.cancel(commandKey);
    if (this.#running !== null && ids.includes(this.#running.id)) this.#running.breakOff();
    if (ids.length > 0) log.info({ commandKey, transfers: ids.length }, "The ACS has cancelled transfers");
  }

  list(): readonly AnyQueuedTransfer[] {
    return this.#options.store.all.map(listed);
  }

  async #add(asked: Asked): Promise<void> {
    const { store, log } = this.#options;
    if (store.all.length >= MOST_TRANSFERS) {
      throw new CwmpFault(9004, `${MOST_TRANSFERS} transfers are queued, no more are taken`);
    }
    await this.#options.time.note();
    const { method, commandKey, fileType, url, username, password, fileSize, targetFileName, dueAt, windows } = asked;
    const { id } = await store.add({
      ...{ method, commandKey, fileType, url, username, password, fileSize, targetFileName, dueAt, windows },
      ...{ step: "waiting", requestedAt: this.#now(), tries: 0, installs: 0, versionBefore: "" },
      ...{ startedAt: null, completedAt: null, failure: null },
    });
    this.#fresh.add(id);
    log.info({ transfer: id, method, fileType, commandKey, server: new URL(url).host }, "A transfer is queued");
  }

  /** Begins what is due; otherwise waits for it. */
  #pump(atLeastMs = 0): void {
    const { store, time } = this.#options;
    this.#timer?.cancel();
    if (this.#stopped || this.#running !== null) return;
    const [next] = store.all
      .filter(({ id, step }) => (step === "waiting" || step === "installing") && !this.#fresh.has(id))
      .sort(inTurn);
    if (next === undefined || store.all.some(({ step }) => step === "rebooting")) {
      this.#rested();
      return;
    }
    const due = Math.max(next.step === "installing" ? 0 : next.dueAt, this.#now() + atLeastMs);
    if (due <= this.#now()) this.#begin(next);
    else {
      this.#timer = time.at(due, "file transfer", () => this.#pump());
      this.#rested();
    }
  }

  #begin(record: TransferRecord): void {
    const running = createTry(record, this.#options);
    this.#running = running;
    const next = (waitMs: number): void => {
      this.#running = null;
      this.#pump(waitMs);
    };
    running.done
      .then((outcome) => (this.#isOver(record.id) ? undefined : this.#take(record.id, outcome)))
      .then(() => next(0))
      .catch((error) => {
        this.#options.log.error({ reason: messageOf(error) }, "A transfer could not be written down");
        next(A_WHILE_MS);
      });
  }

  /** Cancelled, or broken off by a stop: then it is taken up at the next start. */
  #isOver(id: number): boolean {
    return this.#options.store.get(id) === undefined;
  }

  async #take(id: number, outcome: Awaited<Try["done"]>): Promise<void> {
    if (outcome.kind === "broken off") return;
    if (outcome.kind === "reboot") this.#options.reboot();
    else if (outcome.kind === "done") await this.#finish(id, null);
    else if (outcome.kind === "failed") await this.#again(id, { failure: outcome.failure });
  }

  /** Another try, or the end of it. */
  async #again(id: number, change: Pick<Partial<TransferRecord>, "failure">): Promise<void> {
    const { store } = this.#options;
    const record = store.get(id);
    if (record === undefined) return;
    const plan = planTry({ ...record, ...change }, this.#now());
    if (plan.kind === "give up") await this.#finish(id, plan.failure);
    else await store.learn(id, { ...change, ...plan.change, step: "waiting" });
  }

  async #finish(id: number, failure: TransferFailure | null): Promise<void> {
    await this.#settle(id, failure);
    // A new ACS URL in a configuration file drops the events from before (C-091); this one is told to the new ACS.
    await this.#options.settled();
    await this.#tellEvents();
    this.#options.requestSession();
  }

  /** Writes the end down; the events follow from that. */
  async #settle(id: number, failure: TransferFailure | null): Promise<void> {
    const { store, clock, log, meter } = this.#options;
    const record = store.get(id);
    if (record === undefined) return;
    await store.learn(id, finished(record, clock.now(), failure));
    meter.transferEnded(record.method, failure?.code ?? 0);
    const facts = { transfer: id, fileType: record.fileType, commandKey: record.commandKey };
    if (failure === null) log.info(facts, "A transfer is done");
    else log.warn({ ...facts, faultCode: failure.code }, `A transfer has failed: ${failure.text}`);
  }

  async #reported(id: number): Promise<void> {
    await this.#remove([id]);
    await this.#tellEvents();
  }

  /** An end is told once it is durable: the next start must not try again what the ACS was told is over, and needs its file. */
  async #tellEvents(): Promise<void> {
    const { store, events, fileTransfer } = this.#options;
    const isSaved = await store.isSaved();
    if (isSaved) await fileTransfer.keepOnly(this.#namesInUse());
    else this.#tellLater();
    const done = store.all.filter(({ id, step }) => step === "reporting" && (isSaved || this.#announced.has(id)));
    await events.reportTransfers(done.map(causeOf));
    for (const { id } of done) this.#announced.add(id);
  }

  #tellLater(): void {
    const { scheduler, requestSession } = this.#options;
    if (this.#stopped) return;
    this.#telling?.cancel();
    this.#telling = scheduler.after(A_WHILE_MS, "report of file transfers", () =>
      this.#logged(this.#tellEvents().then(requestSession)),
    );
  }

  /**
   * `0 BOOTSTRAP` has dropped the events of these: nobody is told any more (C-091). One that has finished since then is not
   * among them: its events are in the queue, or on their way there.
   */
  async #forgetUntold(): Promise<void> {
    const { store, events } = this.#options;
    const kept = covered(events.pending(), store.all);
    const untold = store.all.filter((record) => this.#announced.has(record.id) && !kept.includes(record));
    if (untold.length > 0) await this.#remove(untold.map(({ id }) => id));
  }

  async #remove(ids: readonly number[]): Promise<void> {
    await this.#options.store.remove(ids);
    for (const id of ids) this.#announced.delete(id);
  }

  #namesInUse(): readonly string[] {
    return this.#options.store.all.filter(({ step }) => step === "installing").map(fileName);
  }

  #now(): number {
    return this.#options.time.now();
  }

  #logged(work: Promise<void>): void {
    work.catch((error) => this.#options.log.error({ reason: messageOf(error) }, "A transfer could not go on"));
  }
}
