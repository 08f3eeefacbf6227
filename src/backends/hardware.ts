import type { BackendKey } from "../ports/backend.ts";
import type { ReportChanges } from "./settings/settings.ts";

/** What a phone does besides keeping settings: live values (`Status.`) and actions (`Action.`). */
export interface Hardware {
  supports(key: BackendKey): boolean;
  /** `report` hears of live values that change on their own. Up times change all the time and are left out. */
  start(report: ReportChanges): Promise<void>;
  stop(): Promise<void>;
  /** Undefined: not known. */
  read(key: BackendKey): string | undefined;
  /**
   * Does what settings need that the agent is about to write. Answers what takes it back, should they not be stored after all.
   * Throws AgentError BACKEND_IO, with everything as it was: then they are not.
   */
  prepare?(values: ReadonlyMap<BackendKey, string>): Promise<() => Promise<void>>;
  /** A session with the ACS has succeeded. */
  reached?(): void;
  /** Settings have changed, whoever did it. */
  settingsChanged(keys: readonly BackendKey[]): void;
  /** Does the action of a key that it supports. Never throws: what goes wrong is logged. */
  act(key: BackendKey): Promise<void>;
  /** Goes down; resolves when the phone is about to come up again. */
  shutDown(commandKey: string): Promise<void>;
  /** Comes up with the settings as they are stored. */
  powerOn(): void;
}

/**
 * Changes settings as the phone itself does, or a person at its keys: the agent hears of it, as of a hand edit. Durable when
 * it resolves. `inForce`: the values hold without a restart, whatever their keys. Throws AgentError BACKEND_REFUSED or BACKEND_IO.
 */
export type ChangeByDevice = (values: ReadonlyMap<BackendKey, string>, inForce?: boolean) => Promise<void>;

/** A setting as it is in force: one that needs a restart has its old value until then. */
export type SettingsInForce = (key: BackendKey) => string | undefined;
