import type { BackendKey, PhoneCalls } from "../ports/backend.ts";
import type { ReportChanges } from "./settings/settings.ts";

/** What a phone does besides keeping settings: live values (`Status.`) and actions (`Action.`). */
export interface Hardware {
  /** Absent: the phone cannot be made to call. */
  readonly calls?: PhoneCalls;
  supports(key: BackendKey): boolean;
  /** `report` hears of live values that change on their own. Up times change all the time and are left out. */
  start(report: ReportChanges): Promise<void>;
  stop(): Promise<void>;
  /** Undefined: not known. */
  read(key: BackendKey): string | undefined;
  /** Asks for live values again: afterwards `read` has them. Throws AgentError BACKEND_IO. Absent: `read` is never old. */
  refresh?(keys: readonly BackendKey[]): Promise<void>;
  /**
   * Does what settings need that the agent is about to write; `orders` are the actions that it asks for with them. Throws
   * AgentError BACKEND_IO or BACKEND_REFUSED, with everything as it was: then nothing is written.
   */
  prepare?(values: ReadonlyMap<BackendKey, string>, orders: ReadonlyMap<BackendKey, string>): Promise<Prepared>;
  /** Goes back to factory state in all that is no setting of ours: those follow at once. Never throws. */
  factoryReset?(): Promise<void>;
  /** A session with the ACS has succeeded. */
  reached?(): void;
  /** Settings have changed, whoever did it. */
  settingsChanged(keys: readonly BackendKey[]): void;
  /** Does the action of a key that it supports. Never throws: what goes wrong is logged. */
  act(key: BackendKey): Promise<void>;
  /** Restarts the phone; resolves when it is about to come up again. */
  shutDown(commandKey: string): Promise<void>;
  /** Comes up with the settings as they are stored. */
  powerOn(): void;
}

/** What settings need has been done; they are yet to be stored. */
export interface Prepared {
  /** What is about to be written is in force after a restart, whatever the data model says. */
  readonly needsRestart: boolean;
  /** They are stored. */
  stored(): void;
  /** They could not be stored: takes back what was done. Never throws. */
  undo(): Promise<void>;
}

/**
 * Changes settings as the phone itself does, or a person at its keys: the agent hears of it, as of a hand edit. Durable when
 * it resolves. `inForce`: the values hold without a restart, whatever their keys. Throws AgentError BACKEND_REFUSED or BACKEND_IO.
 */
export type ChangeByDevice = (values: ReadonlyMap<BackendKey, string>, inForce?: boolean) => Promise<void>;

/** A setting as it is in force: one that needs a restart has its old value until then. */
export type SettingsInForce = (key: BackendKey) => string | undefined;
