import type { ParameterAttributesStore } from "../parameters/attributes.ts";
import type { ParameterTree } from "../parameters/tree.ts";
import type { RequestOf, ResponseOf, RpcName } from "../soap/messages.ts";

/** What an RPC of the ACS can reach: one phone. */
export interface RpcContext {
  readonly parameters: ParameterTree;
  readonly attributes: ParameterAttributesStore;
  /** Reboots after the session; durable when it resolves. Each call is reported with an `M Reboot` of its own (C-189). */
  rebootAfterSession(commandKey: string): Promise<void>;
  /** Resets after the session; durable when it resolves. */
  factoryResetAfterSession(): Promise<void>;
}

/** Throws CwmpFault for everything that the ACS has to know. */
export type RpcHandler<N extends RpcName> = (args: RequestOf<N>, context: RpcContext) => Promise<ResponseOf<N>>;
