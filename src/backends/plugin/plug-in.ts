import type { Backend, BackendFiles, BackendKey, FactorySettings } from "../../ports/backend.ts";

/** The version of this contract. A module may export `contract`, the version that it was made for. */
export const CONTRACT_VERSION = 1;

/** What the phone is, as the ACS knows it. */
export interface PlugInPhone {
  readonly manufacturer: string;
  readonly oui: string;
  readonly model: string;
  readonly productClass: string;
  readonly serialNumber: string;
  /** `0c:11:05:0a:b1:c2`. */
  readonly mac: string;
  readonly softwareVersion: string;
  readonly hardwareVersion: string;
}

/** Lines in the log of the program. Never put a secret into one. */
export interface PlugInLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** What a module is given. There is nothing that it would have to import. */
export interface PlugInContext {
  readonly contract: number;
  /** `backend.options` of the settings file, as they stand there. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly phone: PlugInPhone;
  readonly accounts: number;
  /** Every setting of the data model with the value that it has from the factory. */
  readonly factory: FactorySettings;
  /** Settings whose change takes effect with a restart of the phone. */
  readonly restartKeys: ReadonlySet<BackendKey>;
  /** Live values that the data model shows: `Status.Account1.Line.State`. */
  readonly liveKeys: readonly BackendKey[];
  /** Actions that the data model has: `Action.Account1.Line.Reset`. */
  readonly actionKeys: readonly BackendKey[];
  /** A folder of the module's own, which outlives restarts. */
  readonly folder: string;
  readonly log: PlugInLog;
  /** An error to throw: the phone does not take the change. The ACS gets 9007 and reads the reason, for the parameter whose key it begins with. */
  refuse(reason: string): Error;
  /** An error to throw: it did not work, and nothing has changed. */
  failed(reason: string): Error;
  /** The same with a fault of your choice; for a file that is not taken 9018 (unusable) or 9019 (its signature is wrong). */
  fault(code: number, reason: string): Error;
}

type MaybePromise<T> = T | Promise<T>;

/** Texts by key. */
export type PlugInValues = ReadonlyMap<BackendKey, string> | Readonly<Record<BackendKey, string>>;

/**
 * The short form of a backend: what the phone does besides keeping its settings. The program keeps them, in an AutoP file.
 * Every function may be left out.
 */
export interface PlugInHardware {
  readonly files?: BackendFiles;
  /** The phone comes up, with all of its settings. */
  start?(settings: ReadonlyMap<BackendKey, string>): MaybePromise<void>;
  stop?(): MaybePromise<void>;
  /**
   * The live values as they are now; asked every second, and after every change. Changes are reported for you. Keys that are
   * left out have the values of this host.
   */
  status?(): MaybePromise<PlugInValues>;
  /** Throw `context.refuse` where the phone cannot take these settings: the ACS reads the reason, and nothing is changed. */
  check?(changes: ReadonlyMap<BackendKey, string>): MaybePromise<void>;
  /**
   * These settings have new values, whoever changed them: make the phone follow. Throw `context.failed` with everything
   * as it was, and a change by the ACS is not made; where others made it, that is logged. Those in `context.restartKeys` are to
   * take effect with `reboot`.
   */
  apply?(changes: ReadonlyMap<BackendKey, string>): MaybePromise<void>;
  /** Does one of `context.actionKeys`. Without this function there are none. */
  act?(key: BackendKey): MaybePromise<void>;
  /** Restarts the phone; resolves when it is about to come up again, or never when this program goes down with it. */
  reboot?(commandKey: string): MaybePromise<void>;
  /** A session with the ACS has succeeded. */
  reached?(): void;
}

/** What `createBackend` answers: the short form, or a whole backend. */
export type PlugIn = Backend | { readonly hardware: PlugInHardware };

/** The one function that a module exports. */
export type CreateBackend = (context: PlugInContext) => MaybePromise<PlugIn>;
