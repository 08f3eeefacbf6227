import type { BackendKey, PhoneCalls } from "../ports/backend.ts";
import type { ReportChanges } from "./settings/settings.ts";

/** The functions of a phone beside its settings: live values (`Status.`) and actions (`Action.`). */
export interface Hardware {
  /** Absent: the phone cannot place calls on request. */
  readonly calls?: PhoneCalls;
  supports(key: BackendKey): boolean;
  /** `report` is called for live values that change on their own, except up times, which change all the time. */
  start(report: ReportChanges): Promise<void>;
  stop(): Promise<void>;
  /** Undefined: not known. */
  read(key: BackendKey): string | undefined;
  /** Updates the live values for `read`. Throws AgentError BACKEND_IO. Absent: `read` is always current. */
  refresh?(keys: readonly BackendKey[]): Promise<void>;
  /**
   * Prepares the phone for settings that the agent is about to write; `orders` are the actions to do with them.
   * Throws AgentError BACKEND_IO or BACKEND_REFUSED, with nothing changed: then nothing is written.
   */
  prepare?(values: ReadonlyMap<BackendKey, string>, orders: ReadonlyMap<BackendKey, string>): Promise<Prepared>;
  /** Resets everything except the settings to factory state; the settings follow at once. Never throws. */
  factoryReset?(): Promise<void>;
  /** A session with the ACS has succeeded. */
  reached?(): void;
  /** Settings have changed, from any source. */
  settingsChanged(keys: readonly BackendKey[]): void;
  /** Does the action of a key that it supports. Never throws: failures are logged. */
  act(key: BackendKey): Promise<void>;
  /** Restarts the phone; resolves when it is about to come up again. */
  shutDown(commandKey: string): Promise<void>;
  /** Starts with the stored settings. */
  powerOn(): void;
}

/** A prepared change of settings that are not stored yet. */
export interface Prepared {
  /** These settings take effect with a restart, whatever the data model says. */
  readonly needsRestart: boolean;
  /** They are stored. */
  stored(): void;
  /** They could not be stored: undoes the preparation. Never throws. */
  undo(): Promise<void>;
}

/**
 * Changes settings as the phone itself or a person at its keys does: it is reported to the agent like a hand edit.
 * Durable when it resolves. `inForce`: the values hold without a restart, whatever their keys. Throws AgentError
 * BACKEND_REFUSED or BACKEND_IO.
 */
export type ChangeByDevice = (values: ReadonlyMap<BackendKey, string>, inForce?: boolean) => Promise<void>;

/** The value of a setting in force: one that needs a restart has its old value until then. */
export type SettingsInForce = (key: BackendKey) => string | undefined;
