import { createHooksBackend, type HooksBackendOptions } from "../backends/hooks/hooks-backend.ts";
import type { Config } from "../config/load-config.ts";
import type { Layouts } from "../parameters/layouts.ts";
import type { Backend } from "../ports/backend.ts";
import type { ThisHost } from "./this-host.ts";

type HooksSettings = Config["backend"] & { readonly type: "hooks" };
type Common = Pick<
  HooksBackendOptions,
  "settings" | "restartKeys" | "accounts" | "softwareVersion" | "hardwareVersion" | "clock" | "scheduler" | "log"
>;

/** A phone that is reached by external commands. */
export function createHooksPhone(
  backend: HooksSettings,
  layouts: Layouts,
  { host }: ThisHost,
  common: Common,
): Backend {
  const { read, apply, watch, reboot, factoryReset, install, produce, folder, installTypes, produceTypes } = backend;
  const { refs } = layouts.factory;
  return createHooksBackend({
    ...common,
    host,
    commands: { read, apply, watch, reboot, factoryReset, install, produce },
    folder,
    env: process.env,
    installTypes,
    produceTypes,
    settingKeys: [...new Set(refs.flatMap(({ configKeys }) => configKeys))],
    liveKeys: refs.flatMap(({ liveKey, actionKey }) => [liveKey, actionKey].filter((key) => key !== null)),
    secretKeys: refs.flatMap(({ def, configKeys }) => (def.hidden ? configKeys : [])),
    readEveryMs: backend.readEverySeconds * 1000,
    limitMs: backend.limitSeconds * 1000,
    longLimitMs: backend.longLimitSeconds * 1000,
    rebootWaitMs: backend.rebootWaitSeconds * 1000,
  });
}
