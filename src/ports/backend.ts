/**
 * The phone, as the agent sees it: settings (keys of the phone's AutoP file), live status and actions.
 *
 * A key has one of three shapes, all in the AutoP spelling:
 * `Config.<File>.<SECTION>.<Item>` a setting, kept; `Status.<...>` a live value, read-only; `Action.<...>` write-only.
 */
export type BackendKey = string;

/** One key that changed without the agent's doing. `undefined`: the key is not there. */
export interface BackendChange {
  readonly key: BackendKey;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** `needs-reboot` becomes Status 1: committed, in force after a reboot (TR-069 A.3.2.1). */
export type Applied = "applied" | "needs-reboot";

export interface StagedChange {
  /**
   * Durable when it resolves. All of it, or an AgentError (BACKEND_IO, or a PhoneFault with the fault for the ACS)
   * and none of it. Applying the same keys again is harmless.
   */
  apply(): Promise<Applied>;
  discard(): Promise<void>;
}

/** Files that a phone takes and gives, by the exact texts of their types (TR-069 A.3.2.8, A.4.1.5). */
export interface BackendFiles {
  /** Such as `1 Firmware Upgrade Image`. `3 Vendor Configuration File` is never among them: the agent sets it, line by line. */
  readonly installs: readonly string[];
  /** Such as `1 Vendor Configuration File`. */
  readonly produces: readonly string[];
  /**
   * Checks the file and makes it the phone's, durably. `needs-reboot`: in force after `Backend.reboot`. Installing the same
   * file again is harmless. Throws CwmpFault 9018 or 9019 for a file that the phone does not take: it goes on as it was.
   */
  install(fileType: string, path: string): Promise<Applied>;
  /**
   * Asked once the phone is up again after an `install` that needed a reboot. Throws CwmpFault when the file is not in force
   * after all, as after firmware that would not start: the ACS is told that the transfer has failed.
   */
  verify?(fileType: string): Promise<void>;
  /** What is uploaded. */
  produce(fileType: string): Promise<Uint8Array>;
}

/** Places a call, as the person at the phone would. */
export interface PhoneCalls {
  /** Rejects with an Error that states why it cannot. Resolves when the phone has begun, before an answer. */
  dial(account: number, number: string): Promise<void>;
  /** Ends all calls, those that ring as well. Throws an Error where the phone cannot call. */
  hangUp(): void;
}

export interface Backend {
  readonly name: string;
  /**
   * True: `apply` changes all settings in one step, so that no power cut and no error can leave some of them new and some old.
   * Else the agent takes such a half back.
   */
  readonly atomic?: boolean;
  /** Absent: the phone has no files to exchange. */
  readonly files?: BackendFiles;
  /** Absent: the phone cannot place calls on request. */
  readonly calls?: PhoneCalls;
  /** Asked for every key of the data model at start. */
  supports(key: BackendKey): boolean;
  /** Opens the phone. `onChange` reports what others than the agent change: hand edits, live status. Never what `apply` wrote. */
  start(onChange: (changes: readonly BackendChange[]) => void): Promise<void>;
  stop(): Promise<void>;
  /**
   * Asks the phone for live values now: afterwards `read` answers with them. Absent: `read` always answers with what is.
   * Throws AgentError BACKEND_IO; then `read` answers with what was known last.
   */
  refresh?(keys: readonly BackendKey[]): Promise<void>;
  /** A key that is not there is missing from the answer. */
  read(keys: readonly BackendKey[]): Promise<ReadonlyMap<BackendKey, string>>;
  /** Checks that the change can be made; touches nothing. Throws AgentError BACKEND_REFUSED with the reason. */
  stage(changes: ReadonlyMap<BackendKey, string>): Promise<StagedChange>;
  /** The position of the key for a person, such as `phone.cfg:12`; null if unknown. */
  locate(key: BackendKey): string | null;
  /** Resolves when the phone is up again (or never, when the process dies with it). */
  reboot(commandKey: string): Promise<void>;
  /** A session with the ACS has succeeded: whoever has changed the way to it may rest. Must not throw. */
  reached?(): void;
  /** Back to the factory values, durably. */
  factoryReset(): Promise<void>;
}

/** What the factory left in the phone: every setting of the data model with its default, overlaid with the YAML settings. */
export type FactorySettings = ReadonlyMap<BackendKey, string>;
