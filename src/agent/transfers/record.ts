import type { CwmpEvent } from "../../cwmp/events.ts";
import type { CwmpVersion } from "../../cwmp/versions.ts";
import type { OutgoingRequest } from "../../session/outgoing.ts";
import type { RequestOf } from "../../soap/rpc-table.ts";
import type { AnyQueuedTransfer, TransferState } from "../../soap/transfer-rpcs.ts";
import { type AutonomousTransfer, faultStruct, type TransferFailure, utc } from "../autonomous/transfer-report.ts";

/**
 * The step of a transfer. Each is durable before the next begins, so that a power cut loses at most one step.
 *
 * `waiting`: for its time. `transferring`: file server. `installing`: the file is here and is made the phone's. `rebooting`:
 * it is in force after a reboot. `reporting`: done or failed for good; its TransferComplete has not been taken.
 */
export type TransferStep = "waiting" | "transferring" | "installing" | "rebooting" | "reporting";

/** `Autonomous`: the phone fetches a file that no ACS has asked for; it has no CommandKey. */
export type TransferMethod = "Download" | "Upload" | "ScheduleDownload" | "Autonomous";

/** A time window of ScheduleDownload, in steady time (see `SteadyTime`). */
export interface Window {
  readonly startAt: number;
  readonly endAt: number;
  /** After the first try; -1: as often as we see fit. */
  readonly maxRetries: number;
}

/** One transfer. Holds secrets until it is done. */
export interface TransferRecord {
  readonly id: number;
  readonly method: TransferMethod;
  readonly commandKey: string;
  readonly fileType: string;
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly fileSize: number;
  /** Returned in lists, not used otherwise (C-286). */
  readonly targetFileName: string;
  readonly step: TransferStep;
  /** In steady time, like `dueAt`: clock changes do not affect waits. */
  readonly requestedAt: number;
  /** When it is to start, or to be tried again. */
  readonly dueAt: number;
  /** Of a ScheduleDownload, those that are not over yet; empty otherwise. */
  readonly windows: readonly Window[];
  /** Tries begun in the present window. */
  readonly tries: number;
  /** How often installing has begun. */
  readonly installs: number;
  /** SoftwareVersion when installing began. */
  readonly versionBefore: string;
  /** Milliseconds since 1970, when the file server was asked first; null before that. */
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  /** Why it, or the last try, failed. */
  readonly failure: TransferFailure | null;
}

/** The ACS that requested a configuration file which may set another ACS, or none. Holds secrets. */
export interface FormerAcs {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Failed sessions that should have reported the result to it. */
  readonly failures: number;
}

/** The fields of a new transfer. */
export type Asked = Pick<
  TransferRecord,
  "method" | "commandKey" | "fileType" | "url" | "username" | "password" | "fileSize" | "targetFileName"
> &
  Pick<TransferRecord, "dueAt" | "windows">;

/** As it is queued. */
export function newRecord(asked: Asked, now: number): Omit<TransferRecord, "id"> {
  const { method, commandKey, fileType, url, username, password, fileSize, targetFileName, dueAt, windows } = asked;
  return {
    ...{ method, commandKey, fileType, url, username, password, fileSize, targetFileName, dueAt, windows },
    ...{ step: "waiting", requestedAt: now, tries: 0, installs: 0, versionBefore: "" },
    ...{ startedAt: null, completedAt: null, failure: null },
  };
}

const STATES: Readonly<Record<TransferStep, TransferState>> = {
  waiting: 1,
  transferring: 2,
  installing: 2,
  rebooting: 2,
  reporting: 3,
};

/** Lists name uploads by the types of the transfer table, not by those of Upload (C-198). */
const UPLOADS_IN_LISTS: Readonly<Record<string, string>> = {
  "1 Vendor Configuration File": "3 Vendor Configuration File",
  "2 Vendor Log File": "4 Vendor Log File",
};

export function isDownload({ method }: TransferRecord): boolean {
  return method !== "Upload";
}

export function isAutonomous({ method }: TransferRecord): boolean {
  return method === "Autonomous";
}

/** The report of an ended transfer. */
export function autonomousTransfer(record: TransferRecord): AutonomousTransfer {
  const { url, fileType, fileSize, startedAt, completedAt, failure } = record;
  return { url, isDownload: isDownload(record), fileType, fileSize, startedAt, completedAt, failure };
}

export function listed(record: TransferRecord): AnyQueuedTransfer {
  const { commandKey, fileType, fileSize, targetFileName, step } = record;
  const download = isDownload(record);
  return {
    commandKey,
    state: STATES[step],
    isDownload: download,
    fileType: download ? fileType : (UPLOADS_IN_LISTS[fileType] ?? fileType),
    fileSize,
    targetFileName,
  };
}

/** The event of its cause (C-087). */
export function causeOf({ method, commandKey }: TransferRecord): CwmpEvent {
  if (method === "Autonomous") return { code: "10 AUTONOMOUS TRANSFER COMPLETE", commandKey };
  return { code: `M ${method}`, commandKey };
}

/** Finished ones whose event is among these: one for each event. */
export function covered(told: readonly CwmpEvent[], records: readonly TransferRecord[]): readonly TransferRecord[] {
  const left = [...told];
  return records.filter((record) => {
    const cause = causeOf(record);
    const at = left.findIndex(({ code, commandKey }) => code === cause.code && commandKey === cause.commandKey);
    if (record.step !== "reporting" || isAutonomous(record) || at < 0) return false;
    left.splice(at, 1);
    return true;
  });
}

/**
 * The order in which transfers begin, one at a time: by first due time, then by order of request. Neither restart nor
 * retry changes it: later ones wait until one is done or has failed for good. A ScheduleDownload that waits for its
 * second window is sorted in again. A running installation is finished first.
 */
export function inTurn(one: TransferRecord, other: TransferRecord): number {
  return dueFirst(one) - dueFirst(other) || one.id - other.id;
}

function dueFirst({ step, dueAt, windows }: TransferRecord): number {
  return step === "installing" ? Number.NEGATIVE_INFINITY : (windows[0]?.startAt ?? dueAt);
}

/** The name of its file, see `FileTransfer`. */
export function fileName({ id }: TransferRecord): string {
  return `transfer-${id}`;
}

/** Done or failed for good: everything that the report does not need is dropped, secrets above all. */
export function finished(record: TransferRecord, at: number, failure: TransferFailure | null): TransferRecord {
  const url = isAutonomous(record) ? record.url : "";
  return { ...record, step: "reporting", completedAt: at, failure, username: "", password: "", url, windows: [] };
}

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
