import type { RequestOf } from "../soap/rpc-table.ts";
import type { AnyQueuedTransfer } from "../soap/transfer-rpcs.ts";

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
