import type { ParameterAttributesStore } from "../../parameters/attributes.ts";
import type { ParameterTree } from "../../parameters/tree.ts";
import type { RpcContext } from "../../rpc/context.ts";
import type { LifecycleCell } from "../core/lifecycle.ts";
import type { EventQueue } from "../events/event-queue.ts";
import type { ValueChanges } from "../informs/value-changes.ts";
import type { AcsKnowledgeStore } from "./acs-knowledge.ts";
import type { VersionChoice } from "./version-choice.ts";

/** What an RPC can use beside the parameters. */
export interface RpcHooks extends Pick<RpcContext, "transfers" | "scheduleInform" | "settled"> {
  readonly reboot: (commandKey: string) => void;
  readonly factoryReset: () => void;
}

/** The phone as RPCs see it. A promised reboot or reset is durable before the answer. */
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

/** The parts of the phone that a session reads and changes. */
export interface SessionPhone {
  readonly tree: ParameterTree;
  readonly attributes: ParameterAttributesStore;
  readonly events: EventQueue;
  readonly changes: ValueChanges;
  readonly lifecycle: LifecycleCell;
  readonly acs: AcsKnowledgeStore;
  readonly versions: VersionChoice;
}
