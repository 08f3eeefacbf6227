import type * as z from "zod";
import type { DeepReadonly } from "../../options/option.ts";
import { type BackendContext, type OpenBackend, withoutClose } from "../built-in.ts";
import { createHooksBackend } from "./hooks-backend.ts";
import type { hooksOptions } from "./options.ts";

/** A phone controlled by external commands. */
export async function openHooks(
  backend: DeepReadonly<z.output<typeof hooksOptions>>,
  context: BackendContext,
): Promise<OpenBackend> {
  const { read, apply, watch, reboot, factoryReset, install, produce, folder, installTypes, produceTypes } = backend;
  const { settings: settingKeys, live, actions, secret: secretKeys } = context.keys();
  const { phone, accounts, restartKeys, host, env, clock, scheduler, log } = context;
  const hooks = createHooksBackend({
    settings: context.openSettings(),
    restartKeys,
    accounts,
    softwareVersion: phone.softwareVersion,
    hardwareVersion: phone.hardwareVersion,
    host,
    commands: { read, apply, watch, reboot, factoryReset, install, produce },
    folder,
    env,
    installTypes,
    produceTypes,
    settingKeys,
    liveKeys: [...live, ...actions],
    secretKeys,
    readEveryMs: backend.readEverySeconds * 1000,
    limitMs: backend.limitSeconds * 1000,
    longLimitMs: backend.longLimitSeconds * 1000,
    rebootWaitMs: backend.rebootWaitSeconds * 1000,
    clock,
    scheduler,
    log,
  });
  return withoutClose(hooks);
}
