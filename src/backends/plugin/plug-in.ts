import type { Backend, BackendFiles, BackendKey, FactorySettings } from "../../ports/backend.ts";

/** The version of this contract. A module may export `contract`, the version that it was made for. */
export const CONTRACT_VERSION = 1;

/** The phone's identity, as the ACS knows it. */
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

/** The context passed to a module. It needs no imports. */
export interface PlugInContext {
  readonly contract: number;
  /** `backend.options` of the settings file, unchanged. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly phone: PlugInPhone;
  readonly accounts: number;
  /** Every setting of the data model with its factory value. */
  readonly factory: FactorySettings;
  /** Settings whose change takes effect with a restart of the phone. */
  readonly restartKeys: ReadonlySet<BackendKey>;
  /** Live values of the data model: `Status.Account1.Line.State`. */
  readonly liveKeys: readonly BackendKey[];
  /** Actions of the data model: `Action.Account1.Line.Reset`. */
  readonly actionKeys: readonly BackendKey[];
  /** The module's own folder, which survives restarts. */
  readonly folder: string;
  readonly log: PlugInLog;
  /**
   * An error to throw: the phone refuses the change. The ACS gets 9007 with the reason, for the parameter whose key it
   * begins with.
   */
  refuse(reason: string): Error;
  /** An error to throw: the call failed and nothing has changed. */
  failed(reason: string): Error;
  /** The same with a fault of your choice; for a refused file 9018 (unusable) or 9019 (invalid signature). */
  fault(code: number, reason: string): Error;
}

type MaybePromise<T> = T | Promise<T>;

/** Texts by key. */
export type PlugInValues = ReadonlyMap<BackendKey, string> | Readonly<Record<BackendKey, string>>;

/**
 * The short form of a backend: the functions of the phone beside its settings, which the program stores in an AutoP
 * file. Every function is optional.
 */
export interface PlugInHardware {
  readonly files?: BackendFiles;
  /** The phone starts, with all of its settings. */
  start?(settings: ReadonlyMap<BackendKey, string>): MaybePromise<void>;
  stop?(): MaybePromise<void>;
  /**
   * The current live values; called every second, and after every change. Changes are reported for you. Missing keys
   * get the values of this host.
   */
  status?(): MaybePromise<PlugInValues>;
  /**
   * Throw `context.refuse` if the phone cannot accept these settings: the ACS gets the reason, and nothing is changed.
   */
  check?(changes: ReadonlyMap<BackendKey, string>): MaybePromise<void>;
  /**
   * Apply new values of these settings, from any source, to the phone. If you throw `context.failed` with nothing
   * changed, a change by the ACS is not made; a failed change from elsewhere is logged. Those in
   * `context.restartKeys` are to
   * take effect with `reboot`.
   */
  apply?(changes: ReadonlyMap<BackendKey, string>): MaybePromise<void>;
  /** Does one of `context.actionKeys`. Without this function the phone has no actions. */
  act?(key: BackendKey): MaybePromise<void>;
  /** Restarts the phone; resolves when it is about to start again, or never if this program goes down with it. */
  reboot?(commandKey: string): MaybePromise<void>;
  /** A session with the ACS has succeeded. */
  reached?(): void;
}

/** The result of `createBackend`: the short form, or a whole backend. */
export type PlugIn = Backend | { readonly hardware: PlugInHardware };

/** The one function that a module exports. */
export type CreateBackend = (context: PlugInContext) => MaybePromise<PlugIn>;
