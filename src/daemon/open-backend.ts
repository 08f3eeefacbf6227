import { basename, join } from "node:path";
import type { OpenPlugIn } from "../backends/plugin/plug-in-backend.ts";
import type { PlugInFacts } from "../backends/plugin/protocol.ts";
import type { PhoneIdentity } from "../config/identity.ts";
import type { Config } from "../config/load-config.ts";
import { AgentError, messageOf } from "../cwmp/errors.ts";
import type { Backend } from "../ports/backend.ts";
import type { Clock, Scheduler } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import { makeFolder } from "../system/durable-folder.ts";
import { type BackendPorts, createBackend } from "./create-backend.ts";
import { withOwnSettings } from "./phones/own-settings.ts";
import type { PhoneKind } from "./phones/phone-kind.ts";
import type { PhoneOnHost } from "./this-host.ts";

export interface OpenBackend {
  readonly backend: Backend;
  /** To be called once the agent has stopped. */
  close(): Promise<void>;
}

/** The phone that the settings describe. Throws AgentError CONFIG or BACKEND_IO where it is a plug-in that cannot be loaded. */
export async function openBackend(kind: PhoneKind, own: PhoneOnHost, ports: BackendPorts): Promise<OpenBackend> {
  const { backend } = kind.config;
  if (backend.type === "plug-in") {
    const factory = withOwnSettings(kind.factory, own.settings);
    return openPlugInBackend({ ...kind.config, backend }, { ...kind, factory }, own.identity, ports);
  }
  return { backend: createBackend(kind, backend, own, ports), close: nothingToClose };
}

async function nothingToClose(): Promise<void> {}

export type PlugInConfig = Config & { readonly backend: Extract<Config["backend"], { readonly type: "plug-in" }> };

export interface PlugInPorts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
}

export async function openPlugInBackend(
  config: PlugInConfig,
  kind: Pick<PhoneKind, "layouts" | "factory" | "restartKeys">,
  identity: PhoneIdentity,
  { clock, scheduler, log }: PlugInPorts,
): Promise<OpenPlugIn> {
  const { openPlugIn } = await import("../backends/plugin/plug-in-backend.ts");
  const facts = plugInFacts(config, kind, identity);
  try {
    await makeFolder(facts.folder, { mode: 0o700 });
  } catch (error) {
    throw new AgentError("STATE_IO", messageOf(error), { cause: error });
  }
  const longCallMs = config.backend.longCallSeconds * 1_000;
  return openPlugIn({ name: basename(facts.module), facts, longCallMs, clock, scheduler, log });
}

function plugInFacts(
  { phone, backend, stateFolder }: PlugInConfig,
  { layouts, factory, restartKeys }: Pick<PhoneKind, "layouts" | "factory" | "restartKeys">,
  identity: PhoneIdentity,
): PlugInFacts {
  const { modelName: model, ...names } = identity;
  const { softwareVersion, hardwareVersion, accounts } = phone;
  const folder = join(stateFolder, "plug-in");
  const { refs } = layouts.factory;
  return {
    module: backend.module ?? "",
    options: backend.options,
    phone: { ...names, model, softwareVersion, hardwareVersion },
    accounts,
    factory,
    restartKeys,
    liveKeys: [...new Set(refs.flatMap(({ liveKey }) => liveKey ?? []))],
    actionKeys: [...new Set(refs.flatMap(({ actionKey }) => actionKey ?? []))],
    secretKeys: new Set(refs.flatMap(({ def, configKeys }) => (def.hidden ? configKeys : []))),
    folder,
    settingsFile: backend.file ?? join(folder, "phone.cfg"),
    callMs: backend.callSeconds * 1_000,
  };
}
