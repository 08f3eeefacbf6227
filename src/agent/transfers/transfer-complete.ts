import type { CwmpVersion } from "../../cwmp/versions.ts";
import type { OutgoingRequest } from "../../session/outgoing.ts";
import type { RequestOf } from "../../soap/rpc-table.ts";
import { faultStruct, utc } from "../autonomous/transfer-report.ts";
import { isDownload, type TransferRecord } from "./record.ts";

/** The report of a finished transfer (TR-069 A.3.3.2). */
export function transferComplete(
  record: TransferRecord,
  answered: () => Promise<void>,
): OutgoingRequest<"TransferComplete"> {
  const { commandKey, failure, startedAt, completedAt } = record;
  const argsIn = (version: CwmpVersion): RequestOf<"TransferComplete"> => ({
    commandKey,
    faultStruct: faultStruct(failure, isDownload(record), version),
    startTime: utc(startedAt),
    completeTime: utc(failure === null ? completedAt : null),
  });
  return { name: "TransferComplete", args: argsIn("1.4"), argsIn, answered };
}
