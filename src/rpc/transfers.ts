import { UNKNOWN_TIME } from "../cwmp/types.ts";
import type { ResponseOf } from "../soap/rpc-table.ts";
import type { RpcHandler } from "./context.ts";
import { checkKey } from "./parameter-values.ts";

/** Always to follow: nothing is transferred and applied before the response (C-175, C-176). */
const TO_FOLLOW: ResponseOf<"Download"> = { status: 1, startTime: UNKNOWN_TIME, completeTime: UNKNOWN_TIME };

/** TR-069 A.3.2.8. */
export const download: RpcHandler<"Download"> = async (args, { transfers }) => {
  checkKey("CommandKey", args.commandKey);
  await transfers.download(args);
  return TO_FOLLOW;
};

/** TR-069 A.4.1.5. */
export const upload: RpcHandler<"Upload"> = async (args, { transfers }) => {
  checkKey("CommandKey", args.commandKey);
  await transfers.upload(args);
  return TO_FOLLOW;
};

/** TR-069 A.4.1.8. */
export const scheduleDownload: RpcHandler<"ScheduleDownload"> = async (args, { transfers }) => {
  checkKey("CommandKey", args.commandKey);
  await transfers.scheduleDownload(args);
  return {};
};

/** TR-069 A.4.1.9. */
export const cancelTransfer: RpcHandler<"CancelTransfer"> = async ({ commandKey }, { transfers }) => {
  checkKey("CommandKey", commandKey);
  await transfers.cancel(commandKey);
  return {};
};

/** TR-069 A.4.1.3. */
export const getQueuedTransfers: RpcHandler<"GetQueuedTransfers"> = async (_args, { transfers }) => ({
  transferList: transfers.listRequested().map(({ commandKey, state }) => ({ commandKey, state })),
});

/** TR-069 A.4.1.7. */
export const getAllQueuedTransfers: RpcHandler<"GetAllQueuedTransfers"> = async (_args, { transfers }) => ({
  transferList: transfers.list(),
});
