import { utimes } from "node:fs/promises";
import { type AutopDocument, parseAutop } from "../../autop/document.ts";
import type { BackendChange, BackendKey, FactorySettings } from "../../ports/backend.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { fileSignature } from "../../system/atomic-file.ts";
import { describeIoError } from "../../system/io-errors.ts";
import { resolveTrusted } from "../../system/trusted-path.ts";
import { factoryText } from "../autop/factory-text.ts";
import { createLastGoodCopy } from "./last-good-copy.ts";
import { openPhoneFile } from "./open-phone-file.ts";
import { checkFileSize, checkUnknownKeys } from "./room.ts";
import { settingsChanges } from "./settings.ts";
import { lookAtSettingsFile, rewriteSettingsFile, type StoredDocument } from "./settings-file.ts";

export interface FileSettingsOptions {
  /** The phone's AutoP file; written with the factory settings where it is missing. */
  readonly path: string;
  readonly factory: FactorySettings;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

/** The file as we know it, and what others do to it. One call at a time. */
export interface PhoneFile {
  document(): AutopDocument;
  /**
   * A file that cannot be used is set aside, or left alone where it can only not be read now; the last good settings hold then.
   * Throws AgentError BACKEND_IO: its folder cannot be used.
   */
  open(): Promise<void>;
  /** Answers what others have changed. Never throws: what cannot be read is logged, and the last content holds. */
  look(): Promise<readonly BackendChange[]>;
  /** Durable when it resolves. Throws AgentError BACKEND_IO, with nothing changed. */
  rewrite(
    values: ReadonlyMap<BackendKey, string>,
    /** Settings that are not kept are dropped; all are unless given. */
    isKept?: (key: BackendKey) => boolean,
  ): Promise<{
    readonly own: readonly BackendChange[];
    readonly byOthers: readonly BackendChange[];
  }>;
  /** Throws PhoneFault BACKEND_REFUSED 9004 for a change that leaves a file that could not be read back. */
  checkRoom(changes: ReadonlyMap<BackendKey, string>): void;
  /** Sees to it that a start without the file has these settings. Never throws. */
  keepCopy(): Promise<void>;
  /** Sets the time of the file's last change to now. */
  touch(): Promise<void>;
}

export function createPhoneFile({ path, factory, clock, scheduler, log }: FileSettingsOptions): PhoneFile {
  let current: StoredDocument = { document: parseAutop(""), encoding: "utf8", signature: null };
  const warn = createWarnings(path, log);
  const copy = createLastGoodCopy(path, log);
  let copied: AutopDocument | null = null;

  function adopt(found: StoredDocument): readonly BackendChange[] {
    const before = current;
    current = found;
    return differences(factory, before, found);
  }

  return {
    document: () => current.document,
    async open() {
      current = await openPhoneFile({ path, copy, factoryText: factoryText(factory), log });
    },
    checkRoom(changes) {
      const { document } = current;
      checkUnknownKeys(factory, changes, () => new Map(document.keys().map((key) => [key, document.get(key) ?? ""])));
      checkFileSize(document.toText(), changes);
    },
    async keepCopy() {
      if (copied === current.document) return;
      copied = current.document;
      await copy.keep(copied.toText());
    },
    async look() {
      try {
        const found = await lookAtSettingsFile(path, current, scheduler);
        warn(found === "missing" ? "it is missing or empty: the last settings stay in force" : null);
        return found === null || found === "missing" ? [] : adopt(found);
      } catch (error) {
        warn(describeIoError("cannot read", path, error));
        return [];
      }
    },
    async rewrite(values, isKept) {
      const change = (document: AutopDocument) => {
        const kept = isKept === undefined ? document : document.keeping(isKept);
        for (const [key, value] of values) kept.set(key, value);
        return kept;
      };
      const before = current;
      const { found, written } = await rewriteSettingsFile(path, before, change, scheduler);
      const byOthers = differences(factory, before, found).filter(({ key }) => !values.has(key));
      return { own: adopt(written).filter(({ key }) => values.has(key)), byOthers };
    },
    async touch() {
      // Where others have just written it, whoever watches the file reads it again anyway.
      if ((await fileSignature(path)) !== current.signature) return;
      const seconds = clock.now() / 1_000;
      await utimes(resolveTrusted(path), seconds, seconds);
      current = { ...current, signature: await fileSignature(path) };
    },
  };
}

function differences(factory: FactorySettings, before: StoredDocument, after: StoredDocument): BackendChange[] {
  return settingsChanges(
    factory,
    (key) => before.document.get(key),
    (key) => after.document.get(key),
  );
}

/** Says a thing once, until it is over or another comes up. `null`: all is well. */
function createWarnings(path: string, log: Logger): (problem: string | null) => void {
  let last: string | null = null;
  return (problem) => {
    if (problem === last) return;
    last = problem;
    if (problem === null) log.info({ file: path }, `the phone's file ${path} can be used again`);
    else log.warn({ file: path }, `the phone's file ${path}: ${problem}`);
  };
}
