import { basename, join } from "node:path";
import type * as z from "zod";
import { AgentError, messageOf } from "../../cwmp/errors.ts";
import type { DeepReadonly } from "../../options/option.ts";
import { makeFolder } from "../../system/durable-folder.ts";
import type { BackendContext } from "../built-in.ts";
import type { plugInOptions } from "./options.ts";
import { type OpenPlugIn, openPlugIn } from "./plug-in-backend.ts";
import type { PlugInFacts } from "./protocol.ts";

export type PlugInSettings = DeepReadonly<z.output<typeof plugInOptions>>;
export type PlugInContext = Pick<
  BackendContext,
  "phone" | "accounts" | "keys" | "restartKeys" | "factory" | "stateFolder" | "clock" | "scheduler" | "log"
>;

/** The backend of a plug-in module. Throws AgentError CONFIG or BACKEND_IO if it cannot be loaded. */
export async function openPlugInPhone(backend: PlugInSettings, context: PlugInContext): Promise<OpenPlugIn> {
  const facts = plugInFacts(backend, context);
  try {
    await makeFolder(facts.folder, { mode: 0o700 });
  } catch (error) {
    throw new AgentError("STATE_IO", messageOf(error), { cause: error });
  }
  const { clock, scheduler, log } = context;
  const longCallMs = backend.longCallSeconds * 1_000;
  return openPlugIn({ name: basename(facts.module), facts, longCallMs, clock, scheduler, log });
}

function plugInFacts(backend: PlugInSettings, context: PlugInContext): PlugInFacts {
  const { phone, accounts, factory, restartKeys } = context;
  const { live, actions, secret } = context.keys();
  const folder = join(context.stateFolder, "plug-in");
  return {
    module: backend.module ?? "",
    options: backend.options,
    phone,
    accounts,
    factory,
    restartKeys,
    liveKeys: live,
    actionKeys: actions,
    secretKeys: new Set(secret),
    folder,
    settingsFile: backend.file ?? join(folder, "phone.cfg"),
    callMs: backend.callSeconds * 1_000,
  };
}
