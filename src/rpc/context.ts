import type { CwmpVersion } from "../cwmp/versions.ts";
import type { ParameterAttributesStore } from "../parameters/attributes.ts";
import type { ParameterTree } from "../parameters/tree.ts";
import type { RequestOf, ResponseOf, RpcName } from "../soap/rpc-table.ts";
import type { AnyQueuedTransfer } from "../soap/transfer-rpcs.ts";

/** What an RPC of the ACS can reach: one phone. */
export interface RpcContext {
  readonly parameters: ParameterTree;
  readonly attributes: ParameterAttributesStore;
  /** Reboots after the session; durable when it resolves. Each call is reported with an `M Reboot` of its own (C-189). */
  rebootAfterSession(commandKey: string): Promise<void>;
  readonly transfers: TransferRequests;
  /** Resets after the session; durable when it resolves. */
  factoryResetAfterSession(): Promise<void>;
  /** An Inform after `delaySeconds`; durable when it resolves. CwmpFault 9004: too many are pending. */
  scheduleInform(delaySeconds: number, commandKey: string): Promise<void>;
  /**
   * What has been changed so far is recorded as the ACS's own, so that a restart right after the answer reports none of it, and taken
   * over: a new ACS URL has its `0 BOOTSTRAP`, which would drop what the ACS asks for next.
   */
  settled(): Promise<void>;
}

/** `version` is the one that this session speaks. Throws CwmpFault for everything that the ACS has to know. */
export type RpcHandler<N extends RpcName> = (
  args: RequestOf<N>,
  context: RpcContext,
  version: CwmpVersion,
) => Promise<ResponseOf<N>>;

/** The transfers of one phone, as the ACS may ask for them. Durable when they resolve; CwmpFault for what is refused. */
export interface TransferRequests {
  download(args: RequestOf<"Download">): Promise<void>;
  upload(args: RequestOf<"Upload">): Promise<void>;
  scheduleDownload(args: RequestOf<"ScheduleDownload">): Promise<void>;
  cancel(commandKey: string): Promise<void>;
  /** Those that the ACS has asked for. Oldest first, 16 at most. */
  listRequested(): readonly AnyQueuedTransfer[];
  /** These and the phone's own. */
  list(): readonly AnyQueuedTransfer[];
}
