import { UNKNOWN_TIME } from "../cwmp/types.ts";
import { type DurableState, stateDocument } from "../durable/durable-state.ts";
import { flag, listOf, nullOr, number, shape, text } from "../durable/read.ts";
import { type Meter, NO_METER } from "../ports/meter.ts";
import type { OutgoingRequest } from "../session/outgoing.ts";
import type { RequestOf } from "../soap/rpc-table.ts";
import type { TransferArgument } from "../soap/transfer-rpcs.ts";
import type { EventQueue } from "./event-queue.ts";
import type { Feature } from "./feature.ts";
import { type AutonomousTransfer, readFailure } from "./transfers/record.ts";
import { faultStruct, utc } from "./transfers/transfer-complete.ts";

/** Tells the ACS of transfers that the phone makes on its own, and asks it for files. */
export interface AutonomousTransfers extends Feature {
  /** Nothing happens unless the policy is on (C-187). */
  completed(transfer: AutonomousTransfer): Promise<void>;
  /** Asks the ACS to call Download (A.4.2.1). */
  requestDownload(fileType: string, args: readonly TransferArgument[]): Promise<void>;
}

export interface AutonomousTransfersOptions {
  readonly state: DurableState;
  readonly events: EventQueue;
  /** AutonomousTransferCompletePolicy. */
  readonly enabled: boolean;
  readonly meter?: Pick<Meter, "transferEnded">;
  readonly requestSession: () => void;
}

type Report = RequestOf<"AutonomousTransferComplete">;

const REPORTS_DOCUMENT = stateDocument<readonly AutonomousTransfer[]>(
  "autonomous-transfers",
  [],
  listOf(
    shape({
      url: text,
      isDownload: flag,
      fileType: text,
      fileSize: number,
      startedAt: nullOr(number),
      completedAt: nullOr(number),
      failure: nullOr(readFailure),
    }),
  ),
);

/** Older ones go first where an ACS stays away. */
const MOST_REPORTS = 16;

export async function openAutonomousTransfers(options: AutonomousTransfersOptions): Promise<AutonomousTransfers> {
  const { state, events, enabled, meter = NO_METER, requestSession } = options;
  const reports = await state.open(REPORTS_DOCUMENT);
  /** Not kept over a reboot, like its event. */
  let wanted: RequestOf<"RequestDownload">[] = [];
  const reported = async (report: AutonomousTransfer): Promise<void> => {
    await reports.learn((all) => all.filter((item) => item !== report));
    if (reports.current.length === 0) await events.delivered(events.pending(), "AutonomousTransferCompleteResponse");
  };
  const asked = async (request: RequestOf<"RequestDownload">): Promise<void> => {
    wanted = wanted.filter((item) => item !== request);
    if (wanted.length === 0) await events.delivered(events.pending(), "RequestDownloadResponse");
  };
  return {
    start: async () => {},
    stop: async () => {},
    requests(told) {
      const has = (code: string): boolean => told.some((event) => event.code === code);
      const downloads = has("9 REQUEST DOWNLOAD") ? wanted : [];
      const completes = has("10 AUTONOMOUS TRANSFER COMPLETE") ? reports.current : [];
      return [
        ...downloads.map((args) => ({ name: "RequestDownload" as const, args, answered: () => asked(args) })),
        ...completes.map((report) => autonomousComplete(report, () => reported(report))),
      ] as unknown as readonly OutgoingRequest[];
    },
    async completed(transfer) {
      meter.transferEnded("Autonomous", transfer.failure?.code ?? 0);
      if (!enabled) return;
      await reports.learn((all) => [...all, transfer].slice(-MOST_REPORTS));
      await events.raise({ code: "10 AUTONOMOUS TRANSFER COMPLETE", commandKey: "" });
      requestSession();
    },
    async requestDownload(fileType, args) {
      wanted.push({ fileType, fileTypeArg: args });
      await events.raise({ code: "9 REQUEST DOWNLOAD", commandKey: "" });
      requestSession();
    },
  };
}

function autonomousComplete(
  transfer: AutonomousTransfer,
  answered: () => Promise<void>,
): OutgoingRequest<"AutonomousTransferComplete"> {
  const { url, isDownload, fileType, fileSize, startedAt, completedAt, failure } = transfer;
  const argsIn: NonNullable<OutgoingRequest<"AutonomousTransferComplete">["argsIn"]> = (version): Report => ({
    announceUrl: "",
    transferUrl: url,
    isDownload,
    fileType,
    fileSize,
    targetFileName: "",
    faultStruct: faultStruct(failure, isDownload, version),
    startTime: utc(startedAt),
    completeTime: failure === null ? utc(completedAt) : UNKNOWN_TIME,
  });
  return { name: "AutonomousTransferComplete", args: argsIn("1.4"), argsIn, answered };
}
