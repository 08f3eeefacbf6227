import type { RpcContext } from "../rpc/context.ts";
import type { Phone } from "./phone.ts";

/** What RPCs ask of the agent beyond the phone's parameters. */
export type AgentActions = Pick<
  RpcContext,
  "transfers" | "rebootAfterSession" | "factoryResetAfterSession" | "scheduleInform"
>;

/** What the RPCs of one session work on. */
export function createRpcContext({ attributes, changes, tree }: Phone, actions: AgentActions): RpcContext {
  return {
    parameters: tree,
    attributes: {
      ...attributes,
      set: async (requests, layout) => {
        await attributes.set(requests, layout);
        await changes.attributesSet();
      },
    },
    ...actions,
  };
}
