import type { BackendKey } from "../../ports/backend.ts";
import type { Scheduler } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { SettingsInForce } from "../hardware.ts";
import { accountKey, accountOf, hardwareKeys, isOn, lanValues, PHONE_STATUS } from "../phone-keys.ts";
import type { Host } from "./host.ts";
import { createStatusFile } from "./status-file.ts";

export interface HostStatusOptions {
  readonly accounts: number;
  readonly softwareVersion: string;
  readonly hardwareVersion: string;
  readonly host: Host;
  /** The file in which the firmware writes live values; they take precedence over the host's. Null: none. */
  readonly statusFile: string | null;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

/** The live values: from the firmware's status file, otherwise from this host. */
export interface HostStatus {
  /** The readable values, and the actions. */
  readonly keys: ReadonlySet<BackendKey>;
  /** As of the last refresh. */
  read(key: BackendKey): string | undefined;
  /** Never throws. */
  refresh(): Promise<void>;
}

export function createHostStatus(options: HostStatusOptions, setting: SettingsInForce): HostStatus {
  const { host } = options;
  const keys = hardwareKeys(options.accounts);
  const file = createStatusFile(options.statusFile, options.scheduler, options.log);
  let lan: ReadonlyMap<BackendKey, string> = new Map();

  function valueOfHost(key: BackendKey): string | undefined {
    if (key === PHONE_STATUS.upTime) return String(host.upTimeSeconds());
    if (key === PHONE_STATUS.softwareVersion) return options.softwareVersion;
    if (key === PHONE_STATUS.hardwareVersion) return options.hardwareVersion;
    const account = key.startsWith("Status.") ? accountOf(key) : null;
    return account === null ? lan.get(key) : lineState(setting(accountKey(account, "GENERAL.Enable")));
  }

  return {
    keys,
    read: (key) => (keys.has(key) ? (file.get(key) ?? valueOfHost(key)) : undefined),
    async refresh() {
      lan = lanValues(await host.lan());
      await file.refresh();
    },
  };
}

/**
 * The firmware registers. If it does not report the state, an enabled account is "Initializing": the one state of
 * TR-104 that claims neither that calls work nor that they do not.
 */
function lineState(enable: string | undefined): string {
  return isOn(enable) ? "Initializing" : "Disabled";
}
