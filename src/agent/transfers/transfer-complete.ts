import { formatLocalDateTime } from "../../cwmp/date-time.ts";
import type { FaultCode } from "../../cwmp/faults.ts";
import { transferFaultIn } from "../../cwmp/transfer-faults.ts";
import { UNKNOWN_TIME } from "../../cwmp/types.ts";
import type { CwmpVersion } from "../../cwmp/versions.ts";
import type { OutgoingRequest } from "../../session/outgoing.ts";
import type { RequestOf } from "../../soap/rpc-table.ts";
import type { TransferFault } from "../../soap/transfer-rpcs.ts";
import { isDownload, type TransferFailure, type TransferRecord } from "./record.ts";

const MAX_FAULT_STRING = 256;

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

export function faultStruct(failure: TransferFailure | null, download: boolean, version: CwmpVersion): TransferFault {
  if (failure === null) return { faultCode: 0, faultString: "" };
  const faultCode: FaultCode = transferFaultIn(version, failure.code, download);
  return { faultCode, faultString: [...failure.text].slice(0, MAX_FAULT_STRING).join("") };
}

/** C-182. */
export function utc(at: number | null): string {
  return at === null ? UNKNOWN_TIME : formatLocalDateTime(at, 0).replace("+00:00", "Z");
}
