import { CwmpFault, messageOf } from "../../cwmp/errors.ts";
import type { CwmpEvent } from "../../cwmp/events.ts";
import type { FileServer } from "../../ports/file-transfer.ts";
import type { OutgoingRequest } from "../../session/outgoing.ts";
import type { RequestOf } from "../../soap/rpc-table.ts";
import type { AnyQueuedTransfer } from "../../soap/transfer-rpcs.ts";
import type { TransferFailure } from "../autonomous/transfer-report.ts";
import { type AcsSettings, readAcsSettings } from "../core/acs-settings.ts";
import type { SessionOutcome } from "../core/session-history.ts";
import { isBootstrap } from "../events/bootstrap.ts";
import { checkDownload, checkUpload, checkWindows, FIRMWARE_IMAGE } from "./checks.ts";
import { createFarewell, type Farewell } from "./farewell.ts";
import { installFailure } from "./install.ts";
import { planTry } from "./next-try.ts";
import type { Transfers, TransfersOptions } from "./parts.ts";
import {
  type Asked,
  covered,
  type FormerAcs,
  finished,
  inTurn,
  isAutonomous,
  listed,
  newRecord,
  type TransferRecord,
  transferComplete,
} from "./record.ts";
import { TransferReports } from "./reports.ts";
import { createTry, type Try } from "./try.ts";

const NONE: ReadonlySet<number> = new Set();
/** C-185 asks for 3; lists hold no more than 16 (C-196). */
const MAX_TRANSFERS = 16;
/** Wait after an internal error, such as a full disk; also the maximum time that a reboot waits for transfers. */
const A_WHILE_MS = 60_000;

export function createTransfers(options: TransfersOptions): Transfers {
  return new TransferQueue(options);
}

class TransferQueue implements Transfers {
  readonly #options: TransfersOptions;
  readonly #reports: TransferReports;
  readonly #farewell: Farewell;
  /** Asked for in the session under way: they begin after it (C-174). */
  #fresh: ReadonlySet<number> = NONE;
  #running: Try | null = null;
  #timer: { cancel(): void } | null = null;
  #stopped = false;
  /** Called when no transfer is due or running; null: nothing waits for that. */
  #rested: (() => void) | null = null;

  constructor(options: TransfersOptions) {
    this.#options = options;
    this.#reports = new TransferReports(options);
    this.#farewell = createFarewell(options);
  }

  async start(): Promise<void> {
    const { store, time } = this.#options;
    for (const { requestedAt } of store.all) time.atLeast(requestedAt);
    await this.#reports.start();
    for (const { id, step, fileType } of store.all) {
      if (step === "rebooting") await this.#settle(id, await installFailure(fileType, this.#options));
      if (step === "transferring") await this.#again(id, {});
    }
    await this.#reports.send();
    await this.#checkFarewell();
    this.#pump();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#reports.stop();
    this.#farewell.stop();
    this.#rested?.();
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
    if (isBootstrap(told)) this.#logged(this.#reports.dropUnreported().then(() => this.#checkFarewell()));
    return covered(told, this.#options.store.all).map((record) =>
      transferComplete(record, () => this.#reported(record.id)),
    ) as unknown as readonly OutgoingRequest[];
  }

  sessionEnded(outcome: SessionOutcome): void {
    this.#fresh = NONE;
    this.#pump();
    this.#logged(this.#farewell.sessionEnded(outcome).then(() => this.#checkFarewell()));
  }

  inForce(settings: AcsSettings): AcsSettings {
    return this.#farewell.inForce(settings);
  }

  acsSetHere(): void {
    this.#farewell.giveUp();
    this.#logged(this.#checkFarewell());
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
    // A download that ends now is no longer in the list and is not installed.
    const ids = await store.cancel(commandKey);
    if (this.#running !== null && ids.includes(this.#running.id)) this.#running.breakOff();
    if (ids.length > 0) log.info({ commandKey, transfers: ids.length }, "The ACS has cancelled transfers");
  }

  async fetchFirmware(server: FileServer): Promise<void> {
    const request = { ...server, fileType: FIRMWARE_IMAGE, fileSize: 0, targetFileName: "" };
    checkDownload(request, this.#options.backend);
    await this.#add({ ...request, method: "Autonomous", commandKey: "", dueAt: this.#now(), windows: [] });
    this.#pump();
  }

  list(): readonly AnyQueuedTransfer[] {
    return this.#options.store.all.map(listed);
  }

  listRequested(): readonly AnyQueuedTransfer[] {
    return this.#options.store.all.filter((record) => !isAutonomous(record)).map(listed);
  }

  async #add(asked: Asked): Promise<void> {
    const { store, log } = this.#options;
    if (store.all.length >= MAX_TRANSFERS) {
      throw new CwmpFault(9004, `${MAX_TRANSFERS} transfers are queued, no more are taken`);
    }
    await this.#options.time.note();
    const { method, commandKey, fileType, url } = asked;
    const { id } = await store.add(newRecord(asked, this.#now()));
    if (method !== "Autonomous") this.#fresh = new Set([...this.#fresh, id]);
    log.info({ transfer: id, method, fileType, commandKey, server: new URL(url).host }, "A transfer is queued");
  }

  /** Begins a due transfer; otherwise waits for the next. */
  #pump(atLeastMs = 0): void {
    const { store, time } = this.#options;
    this.#timer?.cancel();
    if (this.#stopped || this.#running !== null) return;
    const [next] = store.all
      .filter(({ id, step }) => (step === "waiting" || step === "installing") && !this.#fresh.has(id))
      .sort(inTurn);
    if (next === undefined || store.all.some(({ step }) => step === "rebooting")) {
      this.#rested?.();
      return;
    }
    const due = Math.max(next.step === "installing" ? 0 : next.dueAt, this.#now() + atLeastMs);
    if (due <= this.#now()) this.#begin(next);
    else {
      this.#timer = time.at(due, "file transfer", () => this.#pump());
      this.#rested?.();
    }
  }

  #begin(record: TransferRecord): void {
    const running = createTry(record, this.#options, this.#farewell);
    this.#running = running;
    const next = (waitMs: number): void => {
      this.#running = null;
      this.#pump(waitMs);
    };
    running.done
      .then((outcome) => (this.#isOver(record.id) ? undefined : this.#take(record.id, outcome)))
      .then(() => next(0))
      .catch((error) => {
        this.#options.log.error({ reason: messageOf(error) }, "A transfer could not be saved");
        next(A_WHILE_MS);
      });
  }

  /** Cancelled, or interrupted by a stop: then the next start resumes it. */
  #isOver(id: number): boolean {
    return this.#options.store.get(id) === undefined;
  }

  async #take(id: number, outcome: Awaited<Try["done"]>): Promise<void> {
    if (outcome.kind === "broken off") return;
    if (outcome.kind === "reboot") this.#options.reboot();
    else if (outcome.kind === "done") await this.#finish(id, null);
    else if (outcome.kind === "failed") await this.#again(id, { failure: outcome.failure });
  }

  /** Schedules a retry or ends the transfer. */
  async #again(id: number, change: Pick<Partial<TransferRecord>, "failure">): Promise<void> {
    const { store } = this.#options;
    const record = store.get(id);
    if (record === undefined) return;
    const plan = planTry({ ...record, ...change }, this.#now());
    if (plan.kind === "give up") await this.#finish(id, plan.failure);
    else await store.learn(id, { ...change, ...plan.change, step: "waiting" }, await this.#formerAcs());
  }

  async #finish(id: number, failure: TransferFailure | null): Promise<void> {
    await this.#settle(id, failure);
    // A new ACS URL drops earlier events (C-091); this one comes after it.
    await this.#options.settled();
    await this.#reports.send();
    await this.#checkFarewell();
    this.#options.requestSession();
  }

  /** Records the end; the events follow from that. */
  async #settle(id: number, failure: TransferFailure | null): Promise<void> {
    const { store, clock, log, meter } = this.#options;
    const record = store.get(id);
    if (record === undefined) return;
    await store.learn(id, finished(record, clock.now(), failure), await this.#formerAcs());
    // Autonomous transfers are counted where they are reported.
    if (!isAutonomous(record)) meter.transferEnded(record.method, failure?.code ?? 0);
    const facts = { transfer: id, fileType: record.fileType, commandKey: record.commandKey };
    if (failure === null) log.info(facts, "A transfer is complete");
    else log.warn({ ...facts, faultCode: failure.code }, `A transfer has failed: ${failure.text}`);
  }

  async #formerAcs(): Promise<FormerAcs | null> {
    const { store, tree } = this.#options;
    return store.formerAcs === null ? null : this.#farewell.after(await readAcsSettings(tree));
  }

  async #reported(id: number): Promise<void> {
    await this.#reports.told(id);
    await this.#checkFarewell();
  }

  /** A running session continues with its own ACS and is not waited for. */
  async #checkFarewell(): Promise<void> {
    if (!(await this.#farewell.hasEnded(() => this.#logged(this.#checkFarewell())))) return;
    this.#options.reloadSettings();
    // Whatever was not reported to the former ACS is reported to the new one, after its 0 BOOTSTRAP.
    this.#logged(
      this.#options
        .settled()
        .then(() => this.#reports.send())
        .then(() => this.#options.requestSession()),
    );
  }

  #now(): number {
    return this.#options.time.now();
  }

  #logged(work: Promise<void>): void {
    work.catch((error) => this.#options.log.error({ reason: messageOf(error) }, "A transfer could not continue"));
  }
}
