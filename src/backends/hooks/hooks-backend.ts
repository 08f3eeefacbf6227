import type { Backend, BackendKey } from "../../ports/backend.ts";
import type { Clock } from "../../ports/clock.ts";
import { composeBackend } from "../compose.ts";
import { createHostStatus, type HostStatusOptions } from "../config-file/host-status.ts";
import type { Settings } from "../settings/settings.ts";
import type { HookCommands } from "./hook-names.ts";
import { createHookRunner } from "./hook-runner.ts";
import { createHooksFiles, type HooksFilesOptions } from "./hooks-files.ts";
import { createHooksHardware, type HooksHardwareOptions } from "./hooks-hardware.ts";
import { createAskPhone } from "./live-values.ts";
import { createSettingsMirror } from "./settings-mirror.ts";

export interface HooksBackendOptions
  extends Omit<HostStatusOptions, "statusFile">,
    Pick<HooksFilesOptions, "installTypes" | "produceTypes">,
    Pick<HooksHardwareOptions, "readEveryMs" | "rebootWaitMs" | "longLimitMs"> {
  /** The phone's own file, see `createFileSettings`. */
  readonly settings: Settings;
  readonly restartKeys: ReadonlySet<BackendKey>;
  /** Settings of the data model, which the `read` hook is called for. */
  readonly settingKeys: readonly BackendKey[];
  /** Live values and actions of the data model, in addition to those of every phone. */
  readonly liveKeys: Iterable<BackendKey>;
  /** Settings whose values are never shown. */
  readonly secretKeys: readonly BackendKey[];
  readonly commands: HookCommands;
  /** Where hooks run. */
  readonly folder: string;
  /** Of this process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of `read` and `apply`. */
  readonly limitMs: number;
  readonly clock: Clock;
}

/** A phone controlled by external commands; its settings are stored in a file of our own (docs/hooks.md). */
export function createHooksBackend(options: HooksBackendOptions): Backend {
  const { settings, restartKeys, settingKeys, secretKeys, limitMs, longLimitMs } = options;
  const stored = (key: BackendKey): string | undefined => settings.get(key);
  const secrets = (): Iterable<string> => secretKeys.flatMap((key) => stored(key) ?? []);
  const runner = createHookRunner({ ...options, secrets });
  const ask = createAskPhone(runner, limitMs);
  return composeBackend({
    name: "hooks",
    settings,
    atomic: false,
    restartKeys,
    files: createHooksFiles({ ...options, runner, limitMs: longLimitMs }),
    hardware: (setting, change) => {
      const host = createHostStatus({ ...options, statusFile: null }, setting);
      return createHooksHardware({
        ...options,
        runner,
        ask,
        host,
        mirror: createSettingsMirror({ runner, ask, limitMs, keys: settingKeys, stored, change }),
        keys: new Set([...host.keys, ...options.liveKeys]),
        settings: new Set(settingKeys),
      });
    },
  });
}
