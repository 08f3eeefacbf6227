import { utimes } from "node:fs/promises";
import { type AutopDocument, factoryText, parseAutop } from "../../autop/document.ts";
import { SerialQueue } from "../../durable/serial-queue.ts";
import type { BackendChange, BackendKey, FactorySettings } from "../../ports/backend.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { fileSignature } from "../../system/atomic-file.ts";
import { describeIoError } from "../../system/io-errors.ts";
import { resolveTrusted } from "../../system/trusted-path.ts";
import { startPoll } from "../poll.ts";
import { createLastGoodCopy, type LastGoodCopy, openPhoneFile } from "./open-phone-file.ts";
import { type ReportChanges, type Settings, type StagedSettings, settingsChanges } from "./settings.ts";
import { checkFileSize, checkStaged, checkUnknownKeys, knownKeys } from "./settings-checks.ts";
import { lookAtSettingsFile, rewriteSettingsFile, type StoredDocument } from "./settings-file.ts";

export interface FileSettingsOptions {
  /** The phone's AutoP file; written with the factory settings where it is missing. */
  readonly path: string;
  readonly factory: FactorySettings;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

/** Including the wait for a writer, an edit is noticed well within two seconds. */
const LOOK_EVERY_MS = 1_000;

/** Settings in the phone's own file, which people and firmware may edit at any time. */
export function createFileSettings(options: FileSettingsOptions): Settings {
  return new FileSettings(options);
}

class FileSettings implements Settings {
  readonly #options: FileSettingsOptions;
  readonly #warn: (problem: string | null) => void;
  readonly #copy: LastGoodCopy;
  #current: StoredDocument = { document: parseAutop(""), encoding: "utf8", signature: null };
  #copied: AutopDocument | null = null;
  #listener: ReportChanges = () => {};
  #stopPoll = () => {};
  /** A read of the file must not overlap a write. */
  readonly #queue = new SerialQueue();
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(options: FileSettingsOptions) {
    this.#options = options;
    this.#warn = createWarnings(options.path, options.log);
    this.#copy = createLastGoodCopy(options.path, options.log);
  }

  supports(key: BackendKey): boolean {
    return this.#options.factory.has(key);
  }

  async start(onChange: ReportChanges): Promise<void> {
    const { path, factory, scheduler, log } = this.#options;
    checkStaged(factory, factory);
    this.#current = await openPhoneFile({ path, copy: this.#copy, factoryText: factoryText(factory), log });
    this.#listener = onChange;
    const look = () => this.#queue.run(() => this.#look());
    this.#stopPoll = startPoll(scheduler, `look at ${path}`, LOOK_EVERY_MS, look);
  }

  async stop(): Promise<void> {
    this.#stopPoll();
    this.#listener = () => {};
    // Not for a poll, which may be waiting for an editor.
    await this.#lastWrite;
    await this.#keepCopy();
  }

  get(key: BackendKey): string | undefined {
    return this.#current.document.get(key);
  }

  stage(changes: ReadonlyMap<BackendKey, string>): StagedSettings {
    const { factory } = this.#options;
    const { document } = this.#current;
    checkStaged(factory, changes);
    checkUnknownKeys(factory, changes, () => new Map(document.keys().map((key) => [key, document.get(key) ?? ""])));
    checkFileSize(document.toText(), changes);
    const values = new Map(changes);
    return { apply: () => this.#write(() => this.#rewrite(values)) };
  }

  factoryReset(): Promise<readonly BackendChange[]> {
    const { factory } = this.#options;
    return this.#write(() => this.#rewrite(factory, knownKeys(factory)));
  }

  touch(): Promise<void> {
    return this.#write(() => this.#touch());
  }

  text(): string {
    return this.#current.document.toText();
  }

  locate(key: BackendKey): string | null {
    const line = this.#current.document.lineOf(key);
    return line === null ? null : `${this.#options.path}:${line}`;
  }

  #write<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.run(work);
    this.#lastWrite = done.catch(() => {});
    return done;
  }

  #adopt(found: StoredDocument): readonly BackendChange[] {
    const before = this.#current;
    this.#current = found;
    return this.#differences(before, found);
  }

  #differences(before: StoredDocument, after: StoredDocument): BackendChange[] {
    return settingsChanges(
      this.#options.factory,
      (key) => before.document.get(key),
      (key) => after.document.get(key),
    );
  }

  #report(changes: readonly BackendChange[]): void {
    if (changes.length > 0) this.#listener(changes);
  }

  /** Makes sure that a start without the file has these settings. */
  async #keepCopy(): Promise<void> {
    const { document } = this.#current;
    if (this.#copied === document) return;
    this.#copied = document;
    await this.#copy.keep(document.toText());
  }

  /** Reports changes by others. Read errors are logged, and the last content holds. */
  async #look(): Promise<void> {
    const { path, scheduler } = this.#options;
    this.#report(
      await lookAtSettingsFile(path, this.#current, scheduler).then(
        (found) => {
          this.#warn(found === "missing" ? "it is missing or empty: the last settings stay in force" : null);
          return found === null || found === "missing" ? [] : this.#adopt(found);
        },
        (error: unknown) => {
          this.#warn(describeIoError("cannot read", path, error));
          return [];
        },
      ),
    );
    await this.#keepCopy();
  }

  /** @param isKept which settings to keep; default: all */
  async #rewrite(
    values: ReadonlyMap<BackendKey, string>,
    isKept?: (key: BackendKey) => boolean,
  ): Promise<readonly BackendChange[]> {
    const change = (document: AutopDocument) => {
      const kept = isKept === undefined ? document : document.keeping(isKept);
      for (const [key, value] of values) kept.set(key, value);
      return kept;
    };
    const before = this.#current;
    const { found, written } = await rewriteSettingsFile(this.#options.path, before, change, this.#options.scheduler);
    const own = this.#adopt(written).filter(({ key }) => values.has(key));
    this.#report(this.#differences(before, found).filter(({ key }) => !values.has(key)));
    return own;
  }

  /** Sets the time of the file's last change to now. */
  async #touch(): Promise<void> {
    const { path, clock } = this.#options;
    // If others have just written it, programs that watch the file read it again anyway.
    if ((await fileSignature(path)) !== this.#current.signature) return;
    const seconds = clock.now() / 1_000;
    await utimes(resolveTrusted(path), seconds, seconds);
    this.#current = { ...this.#current, signature: await fileSignature(path) };
  }
}

/** Logs a problem once, until it is over or another occurs. `null`: no problem. */
function createWarnings(path: string, log: Logger): (problem: string | null) => void {
  let last: string | null = null;
  return (problem) => {
    if (problem === last) return;
    last = problem;
    if (problem === null) log.info({ file: path }, `the phone's file ${path} can be used again`);
    else log.warn({ file: path }, `the phone's file ${path}: ${problem}`);
  };
}
