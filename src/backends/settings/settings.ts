import type { BackendChange, BackendKey, FactorySettings } from "../../ports/backend.ts";

export type ReportChanges = (changes: readonly BackendChange[]) => void;

/** The settings of a phone: the `Config.` keys of its AutoP file, wherever they are stored. Reads come from memory. */
export interface Settings {
  supports(key: BackendKey): boolean;
  /** `report` is called for changes by others, never for those of `apply` or `factoryReset`. */
  start(report: ReportChanges): Promise<void>;
  stop(): Promise<void>;
  /** Undefined: no such key. */
  get(key: BackendKey): string | undefined;
  /** Checks that the values can be stored; changes nothing. Throws AgentError BACKEND_REFUSED with the reason. */
  stage(changes: ReadonlyMap<BackendKey, string>): StagedSettings;
  /**
   * Sets every setting to its factory value, durably, and drops those that the data model lacks; returns the changes.
   */
  factoryReset(): Promise<readonly BackendChange[]>;
  /** Makes firmware that watches the settings read them again. */
  touch(): Promise<void>;
  locate(key: BackendKey): string | null;
  /** All of them, as an AutoP file: secrets are in it. */
  text(): string;
}

export interface StagedSettings {
  /** Durable when it resolves: all, or none with AgentError BACKEND_IO. Returns the real changes. */
  apply(): Promise<readonly BackendChange[]>;
}

/** The differences between two states of the settings, in keys of the data model. */
export function settingsChanges(
  factory: FactorySettings,
  before: (key: BackendKey) => string | undefined,
  after: (key: BackendKey) => string | undefined,
): BackendChange[] {
  const changes: BackendChange[] = [];
  for (const key of factory.keys()) {
    const [was, is] = [before(key), after(key)];
    if (was !== is) changes.push({ key, before: was, after: is });
  }
  return changes;
}
