import type { FaultCode } from "./faults.ts";
import type { CwmpVersion } from "./versions.ts";

/** What TransferComplete and AutonomousTransferComplete may say in the oldest namespace, and since 1.1 (C-180). */
const IN_1_0: readonly FaultCode[] = [9001, 9002, 9010, 9011, 9012];
const SINCE_1_1: readonly FaultCode[] = [...IN_1_0, 9014, 9015, 9016, 9017, 9018, 9019, 9020];

/** The nearest code that the version allows for the result of a transfer: 9010, or 9011 for an upload, where it has no better. */
export function transferFaultIn(version: CwmpVersion, faultCode: FaultCode, isDownload: boolean): FaultCode {
  const allowed = version === "1.0" ? IN_1_0 : SINCE_1_1;
  if (allowed.includes(faultCode)) return faultCode;
  return isDownload ? 9010 : 9011;
}
