import type { CwmpEvent } from "../../cwmp/events.ts";
import { UNKNOWN_TIME } from "../../cwmp/types.ts";
import { type DurableCell, stateDocument } from "../../durable/durable-state.ts";
import { flag, listOf, nullOr, number, shape, text } from "../../durable/read.ts";
import type { Meter } from "../../ports/meter.ts";
import type { OutgoingRequest } from "../../session/outgoing.ts";
import type { RequestOf } from "../../soap/rpc-table.ts";
import type { TransferArgument } from "../../soap/transfer-rpcs.ts";
import type { Feature } from "../core/feature.ts";
import type { EventQueue } from "../events/event-queue.ts";
import { type AutonomousTransfer, faultStruct, readFailure, utc } from "./transfer-report.ts";

type Report = RequestOf<"AutonomousTransferComplete">;

export type AutonomousReportsCell = DurableCell<readonly AutonomousTransfer[]>;

export const AUTONOMOUS_REPORTS_DOCUMENT = stateDocument<readonly AutonomousTransfer[]>(
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

/** The oldest are dropped first while an ACS is unreachable. */
const MAX_REPORTS = 16;

export interface AutonomousTransfersOptions {
  readonly phone: { readonly autonomousReports: AutonomousReportsCell };
  readonly events: EventQueue;
  readonly meter: Pick<Meter, "transferEnded">;
  requestSession(): void;
}

/** Reports the phone's own transfers to the ACS, and requests files from it. */
export class AutonomousTransfers implements Feature {
  readonly #options: AutonomousTransfersOptions;
  readonly #enabled: boolean;
  /** Lost at a reboot, like its event. */
  #wanted: readonly RequestOf<"RequestDownload">[] = [];

  /** @param enabled AutonomousTransferCompletePolicy */
  constructor(options: AutonomousTransfersOptions, enabled: boolean) {
    this.#options = options;
    this.#enabled = enabled;
  }

  /** A power cut may have come between a report and its event. `0 BOOTSTRAP` drops all events before it (3.7.1.5). */
  async start(): Promise<void> {
    const isFirstContact = this.#options.events.pending().some(({ code }) => code === "0 BOOTSTRAP");
    if (this.#enabled && !isFirstContact && this.#reports.current.length > 0) await this.#raiseCompleted();
  }

  async stop(): Promise<void> {}

  requests(told: readonly CwmpEvent[]): readonly OutgoingRequest[] {
    const has = (code: string): boolean => told.some((event) => event.code === code);
    const downloads = has("9 REQUEST DOWNLOAD") ? this.#wanted : [];
    const completes = has("10 AUTONOMOUS TRANSFER COMPLETE") ? this.#reports.current : [];
    return [
      ...downloads.map((args) => ({ name: "RequestDownload" as const, args, answered: () => this.#asked(args) })),
      ...completes.map((report) => autonomousComplete(report, () => this.#reported(report))),
    ] as unknown as readonly OutgoingRequest[];
  }

  /** Nothing happens unless the policy is on (C-187). */
  async completed(transfer: AutonomousTransfer): Promise<void> {
    this.#options.meter.transferEnded("Autonomous", transfer.failure?.code ?? 0);
    if (!this.#enabled) return;
    await this.#reports.learn((all) => [...all, transfer].slice(-MAX_REPORTS));
    await this.#raiseCompleted();
    this.#options.requestSession();
  }

  /** Asks the ACS to call Download (A.4.2.1). */
  async requestDownload(fileType: string, args: readonly TransferArgument[]): Promise<void> {
    this.#wanted = [...this.#wanted, { fileType, fileTypeArg: args }];
    await this.#options.events.raise({ code: "9 REQUEST DOWNLOAD", commandKey: "" });
    this.#options.requestSession();
  }

  #raiseCompleted(): Promise<unknown> {
    return this.#options.events.raise({ code: "10 AUTONOMOUS TRANSFER COMPLETE", commandKey: "" });
  }

  get #reports(): AutonomousReportsCell {
    return this.#options.phone.autonomousReports;
  }

  async #reported(report: AutonomousTransfer): Promise<void> {
    await this.#reports.learn((all) => all.filter((item) => item !== report));
    if (this.#reports.current.length === 0) await this.#delivered("AutonomousTransferCompleteResponse");
  }

  async #asked(request: RequestOf<"RequestDownload">): Promise<void> {
    this.#wanted = this.#wanted.filter((item) => item !== request);
    if (this.#wanted.length === 0) await this.#delivered("RequestDownloadResponse");
  }

  #delivered(confirmedBy: Parameters<EventQueue["delivered"]>[1]): Promise<void> {
    const { events } = this.#options;
    return events.delivered(events.pending(), confirmedBy);
  }
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
