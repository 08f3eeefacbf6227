import type { Clock } from "../../ports/clock.ts";
import type { TransferProgress } from "../../ports/file-transfer.ts";
import type { AnyQueuedTransfer } from "../../soap/transfer-rpcs.ts";
import type { TransferFailure } from "../autonomous/transfer-report.ts";
import type { SteadyTime } from "../time/steady-time.ts";
import { listed, type TransferRecord, type TransferStep } from "./record.ts";

/** One transfer for display. Holds no secret. */
export interface TransferView extends AnyQueuedTransfer {
  readonly step: TransferStep;
  /** `host:port` of the file server; empty when it is not needed any more. */
  readonly server: string;
  /** Wall time of its start or next try, milliseconds since 1970; null where it does not wait. */
  readonly dueAt: number | null;
  /** Tries begun, in the present window of a ScheduleDownload. */
  readonly tries: number;
  /** Bytes received so far; null: no file is arriving. */
  readonly receivedBytes: number | null;
  /** As stated by the file server, otherwise by the ACS; null: unknown. */
  readonly totalBytes: number | null;
  /** Why it, or the last try, failed. */
  readonly failure: TransferFailure | null;
}

export interface ViewParts {
  readonly progress: TransferProgress | null;
  readonly clock: Clock;
  readonly time: Pick<SteadyTime, "now">;
}

export function viewTransfer(record: TransferRecord, { progress, clock, time }: ViewParts): TransferView {
  const { step, url, dueAt, tries, fileSize, failure } = record;
  return {
    ...listed(record),
    ...{ step, tries, failure },
    server: url === "" ? "" : new URL(url).host,
    dueAt: step === "waiting" ? clock.now() + Math.max(0, dueAt - time.now()) : null,
    receivedBytes: progress?.bytes ?? null,
    totalBytes: progress?.totalBytes ?? (fileSize > 0 ? fileSize : null),
  };
}
