import type { RpcContext } from "../../rpc/context.ts";
import type { SessionPhone } from "./session-phone.ts";

/** What an RPC can ask for beside the parameters. */
export interface RpcHooks extends Pick<RpcContext, "transfers" | "scheduleInform" | "settled"> {
  readonly reboot: (commandKey: string) => void;
  readonly factoryReset: () => void;
}

/** The phone as RPCs see it. What ends the phone's life after the session is durable first. */
export function createRpcContext(
  { attributes, changes, events, lifecycle, tree }: SessionPhone,
  hooks: RpcHooks,
): RpcContext {
  const { transfers, scheduleInform, settled, reboot, factoryReset } = hooks;
  return {
    parameters: tree,
    attributes: {
      get: (ref) => attributes.get(ref),
      watched: (layout) => attributes.watched(layout),
      prune: (layout) => attributes.prune(layout),
      set: async (requests, layout) => {
        await attributes.set(requests, layout);
        await changes.attributesSet();
      },
    },
    transfers,
    scheduleInform,
    settled,
    rebootAfterSession: async (commandKey) => {
      await events.add({ code: "M Reboot", commandKey });
      reboot(commandKey);
    },
    factoryResetAfterSession: async () => {
      await lifecycle.update((now) => ({ ...now, resetting: true }));
      factoryReset();
    },
  };
}
