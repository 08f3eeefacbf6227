import { formatLocalDateTime } from "../../cwmp/date-time.ts";
import { CPE_FAULTS, type FaultCode } from "../../cwmp/faults.ts";
import { transferFaultIn } from "../../cwmp/transfer-faults.ts";
import { UNKNOWN_TIME } from "../../cwmp/types.ts";
import type { CwmpVersion } from "../../cwmp/versions.ts";
import { type Read, shape, text } from "../../durable/read.ts";
import type { TransferFault } from "../../soap/transfer-rpcs.ts";

const MAX_FAULT_STRING = 256;

export interface TransferFailure {
  readonly code: FaultCode;
  readonly text: string;
}

export const readFailure: Read<TransferFailure> = shape({
  code: (raw, place) => {
    if (!Object.hasOwn(CPE_FAULTS, String(raw))) throw new Error(`${place} is not a fault code of a CPE`);
    return Number(raw) as FaultCode;
  },
  text,
});

/** A transfer that the ACS did not request. Times are milliseconds since 1970, null where unknown. */
export interface AutonomousTransfer {
  /** Without user name and password. */
  readonly url: string;
  readonly isDownload: boolean;
  /** By the transfer table: `1 Firmware Upgrade Image`, `3 Vendor Configuration File` (C-198). */
  readonly fileType: string;
  readonly fileSize: number;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  readonly failure: TransferFailure | null;
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
