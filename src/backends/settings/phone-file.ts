import { utimes } from "node:fs/promises";
import { type AutopDocument, parseAutop } from "../../autop/document.ts";
import type { BackendChange, BackendKey, FactorySettings } from "../../ports/backend.ts";
import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { fileSignature } from "../../system/atomic-file.ts";
import { describeIoError } from "../../system/io-errors.ts";
import { resolveTrusted } from "../../system/trusted-path.ts";
import { factoryText } from "../autop/factory-text.ts";
import { settingsChanges } from "./settings.ts";
import {
  createSettingsFile,
  lookAtSettingsFile,
  openSettingsFile,
  rewriteSettingsFile,
  type StoredDocument,
} from "./settings-file.ts";

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
  /** Throws AgentError BACKEND_IO. */
  open(): Promise<void>;
  /** Answers what others have changed. Never throws: what cannot be read is logged, and the last content holds. */
  look(): Promise<readonly BackendChange[]>;
  /** Durable when it resolves. Throws AgentError BACKEND_IO, with nothing changed. */
  rewrite(values: ReadonlyMap<BackendKey, string>): Promise<{
    readonly own: readonly BackendChange[];
    readonly byOthers: readonly BackendChange[];
  }>;
  /** Sets the time of the file's last change to now. */
  touch(): Promise<void>;
}

export function createPhoneFile({ path, factory, clock, scheduler, log }: FileSettingsOptions): PhoneFile {
  let current: StoredDocument = { document: parseAutop(""), encoding: "utf8", signature: null };
  const warn = createWarnings(path, log);

  function adopt(found: StoredDocument): readonly BackendChange[] {
    const before = current;
    current = found;
    return differences(factory, before, found);
  }

  return {
    document: () => current.document,
    async open() {
      const found = await openSettingsFile(path);
      if (found === null) log.info({ file: path }, `${path} is not there yet: it is written with the factory settings`);
      current = found ?? (await createSettingsFile(path, factoryText(factory)));
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
    async rewrite(values) {
      const change = (document: AutopDocument) => {
        for (const [key, value] of values) document.set(key, value);
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
