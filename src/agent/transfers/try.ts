import { CwmpFault, messageOf } from "../../cwmp/errors.ts";
import { ownPath } from "../../parameters/own-paths.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DownloadedFile } from "../../ports/file-transfer.ts";
import type { TransferFailure } from "../autonomous/transfer-report.ts";
import { readAcsSettings } from "../core/acs-settings.ts";
import type { SteadyTime } from "../time/steady-time.ts";
import { CONFIGURATION_FILE, FIRMWARE_IMAGE } from "./checks.ts";
import type { Farewell } from "./farewell.ts";
import { contentFor, type InstallParts, installFile, isInstalled } from "./install.ts";
import { type FormerAcs, fileName, type TransferRecord } from "./record.ts";
import type { TransferStore } from "./transfer-store.ts";

export interface TryParts extends InstallParts {
  readonly store: TransferStore;
  readonly clock: Clock;
  readonly time: SteadyTime;
}

/** The result of one try. `broken off`: it was cancelled, or the agent stops; nothing is to be done. */
export type TryOutcome =
  | { readonly kind: "done" }
  | { readonly kind: "reboot" }
  | { readonly kind: "broken off" }
  | { readonly kind: "failed"; readonly failure: TransferFailure };

/** A running try of one transfer. */
export interface Try {
  readonly id: number;
  /** Aborts it during the exchange with the file server; an installation is completed. */
  breakOff(): void;
  readonly done: Promise<TryOutcome>;
}

/** The maximum number of attempts for an installation that never completes, for example because the phone restarts. */
const MAX_INSTALLS = 2;
const SOFTWARE_VERSION = "DeviceInfo.SoftwareVersion";

export function createTry(record: TransferRecord, parts: TryParts, farewell: Farewell): Try {
  const abort = new AbortController();
  const run = new OneTry(record, parts, farewell, abort);
  return { id: record.id, breakOff: () => run.breakOff(), done: run.run() };
}

class OneTry {
  readonly #record: TransferRecord;
  readonly #parts: TryParts;
  readonly #farewell: Farewell;
  readonly #abort: AbortController;
  #brokenOff = false;

  constructor(record: TransferRecord, parts: TryParts, farewell: Farewell, abort: AbortController) {
    this.#record = record;
    this.#parts = parts;
    this.#farewell = farewell;
    this.#abort = abort;
  }

  breakOff(): void {
    this.#brokenOff = true;
    this.#abort.abort();
  }

  async run(): Promise<TryOutcome> {
    try {
      if (this.#record.step === "installing") return await this.#resumeInstall(this.#record);
      return await this.#transfer();
    } catch (error) {
      return this.#brokenOff ? { kind: "broken off" } : { kind: "failed", failure: this.#failureOf(error) };
    }
  }

  async #transfer(): Promise<TryOutcome> {
    const { store, clock, time } = this.#parts;
    const { id, tries, startedAt, windows } = this.#record;
    const [window] = windows;
    if (window !== undefined && window.endAt <= time.now()) throw windowOver();
    const change = {
      step: "transferring",
      tries: tries + 1,
      startedAt: startedAt ?? clock.now(),
      failure: null,
    } as const;
    const begun = await store.learn(id, change);
    if (begun === null) return { kind: "broken off" };
    if (begun.method === "Upload") return this.#upload(begun);
    const file = await this.#download(begun);
    const installing = { step: "installing", installs: 1, versionBefore: await this.#version() } as const;
    const downloaded = await store.learn(id, installing, await this.#formerAcs());
    return downloaded === null || this.#brokenOff ? { kind: "broken off" } : this.#install(downloaded, file);
  }

  /** Durable before a configuration file is applied: the file may set another ACS, or none. */
  async #formerAcs(): Promise<FormerAcs | null | undefined> {
    if (this.#record.fileType !== CONFIGURATION_FILE) return undefined;
    return this.#farewell.before(await readAcsSettings(this.#parts.tree));
  }

  async #upload(record: TransferRecord): Promise<TryOutcome> {
    const content = await contentFor(record, this.#parts);
    await this.#parts.fileTransfer.upload(record, content, this.#abort.signal);
    return { kind: "done" };
  }

  /** Within its window, if it has one. */
  async #download(record: TransferRecord): Promise<DownloadedFile> {
    const { time, fileTransfer, store } = this.#parts;
    const [window] = record.windows;
    const end =
      window === undefined ? null : time.at(window.endAt, "end of the time window", () => this.#abort.abort());
    try {
      return await fileTransfer.download(record, fileName(record), this.#abort.signal, (progress) =>
        store.noteProgress(record.id, progress),
      );
    } catch (error) {
      throw this.#abort.signal.aborted && !this.#brokenOff ? windowOver() : error;
    } finally {
      end?.cancel();
      store.noteProgress(record.id, null);
    }
  }

  /** The phone went down during the installation. */
  async #resumeInstall(record: TransferRecord): Promise<TryOutcome> {
    const { store, fileTransfer } = this.#parts;
    const isNew = record.fileType === FIRMWARE_IMAGE && (await this.#freshVersion()) !== record.versionBefore;
    if (isNew) return { kind: "done" };
    const file = await fileTransfer.find(fileName(record));
    if (file === null) throw new CwmpFault(9010, "the downloaded file is gone");
    if (await isInstalled(record, this.#parts)) return { kind: "done" };
    if (record.installs >= MAX_INSTALLS) throw new CwmpFault(9010, "the phone restarted each time while installing it");
    const again = await store.learn(record.id, { installs: record.installs + 1 });
    return again === null ? { kind: "broken off" } : this.#install(again, file);
  }

  async #install(record: TransferRecord, file: DownloadedFile): Promise<TryOutcome> {
    const applied = await installFile(record, file, this.#parts);
    await this.#parts.recorded();
    if (applied === "applied") return { kind: "done" };
    await this.#parts.store.learn(record.id, { step: "rebooting" });
    return { kind: "reboot" };
  }

  /** This shows whether new firmware runs, so a cached answer must not decide it. */
  async #freshVersion(): Promise<string> {
    const { tree } = this.#parts;
    const ref = tree.layout.get(ownPath(tree, SOFTWARE_VERSION));
    if (ref !== undefined) await tree.refresh([ref]);
    return this.#version();
  }

  async #version(): Promise<string> {
    const path = ownPath(this.#parts.tree, SOFTWARE_VERSION);
    return (await this.#parts.tree.readSecrets([path])).get(path) ?? "";
  }

  #failureOf(error: unknown): TransferFailure {
    if (error instanceof CwmpFault) return { code: error.faultCode, text: error.message };
    this.#parts.log.error({ transfer: this.#record.id, reason: messageOf(error) }, "A transfer failed: internal error");
    return { code: 9002, text: new CwmpFault(9002).message };
  }
}

function windowOver(): CwmpFault {
  return new CwmpFault(9020);
}
