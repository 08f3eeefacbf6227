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
  /** Settings have changed, whoever did it. */
  settingsChanged(keys: readonly BackendKey[]): void;
  /** Does the action of a key that it supports. Never throws: what goes wrong is logged. */
  act(key: BackendKey): Promise<void>;
  /** Goes down; resolves when the phone is about to come up again. */
  shutDown(commandKey: string): Promise<void>;
  /** Comes up with the settings as they are stored. */
  powerOn(): void;
}

/** A setting as it is in force: one that needs a restart has its old value until then. */
export type SettingsInForce = (key: BackendKey) => string | undefined;
