import {
  boolean,
  type Codec,
  dateTime,
  field,
  int,
  list,
  optional,
  status,
  struct,
  text,
  token,
  unsignedInt,
} from "./codecs.ts";
import { ArgumentError } from "./place.ts";
import { type DecodedBy, NONE, rpc } from "./rpc.ts";

/** 1: not started. 2: in progress. 3: completed, its TransferComplete not yet taken. */
export type TransferState = 1 | 2 | 3;

const state: Codec<TransferState> = {
  encode: (name, value) => unsignedInt.encode(name, value),
  decode(element, at) {
    const value = unsignedInt.decode(element, at);
    if (value === 1 || value === 2 || value === 3) return value;
    throw new ArgumentError(at, "is not 1, 2 or 3");
  },
};

/** The result of a transfer: code 0 and an empty text on success. */
const transferFault = struct({
  faultCode: field("FaultCode", unsignedInt),
  faultString: field("FaultString", text),
});
export type TransferFault = DecodedBy<typeof transferFault>;

/** Seconds count from the receipt of the request. */
const timeWindow = struct({
  windowStart: optional("WindowStart", unsignedInt, 0),
  windowEnd: field("WindowEnd", unsignedInt),
  windowMode: field("WindowMode", token),
  userMessage: optional("UserMessage", text, ""),
  maxRetries: optional("MaxRetries", int, 0),
});
export type TimeWindow = DecodedBy<typeof timeWindow>;

const queued = { commandKey: field("CommandKey", text), state: field("State", state) };
const queuedTransfer = struct(queued);

const anyQueuedTransfer = struct({
  ...queued,
  isDownload: field("IsDownload", boolean),
  fileType: field("FileType", text),
  fileSize: field("FileSize", unsignedInt),
  targetFileName: field("TargetFileName", text),
});
export type AnyQueuedTransfer = DecodedBy<typeof anyQueuedTransfer>;

const argument = struct({ name: field("Name", text), value: field("Value", text) });
export type TransferArgument = DecodedBy<typeof argument>;

/** Status 0 is done, 1 is to follow with a TransferComplete. */
const started = {
  status: field("Status", status),
  startTime: field("StartTime", dateTime),
  completeTime: field("CompleteTime", dateTime),
};

const commandKey = optional("CommandKey", text, "");
const fileType = field("FileType", token);
const server = {
  url: field("URL", token),
  username: optional("Username", text, ""),
  password: optional("Password", text, ""),
};
const file = {
  fileSize: optional("FileSize", unsignedInt, 0),
  targetFileName: optional("TargetFileName", text, ""),
};
const delaySeconds = optional("DelaySeconds", unsignedInt, 0);
const result = {
  faultStruct: field("FaultStruct", transferFault),
  startTime: field("StartTime", dateTime),
  completeTime: field("CompleteTime", dateTime),
};

/** File transfers (TR-069 A.3.2.8, A.4.1, A.3.3.2, A.3.3.3, A.4.2.1). */
export const TRANSFER_RPCS = {
  Download: rpc(
    "CPE",
    {
      commandKey,
      fileType,
      ...server,
      ...file,
      delaySeconds,
      successUrl: optional("SuccessURL", text, ""),
      failureUrl: optional("FailureURL", text, ""),
    },
    started,
  ),
  Upload: rpc("CPE", { commandKey, fileType, ...server, delaySeconds }, started),
  ScheduleDownload: rpc(
    "CPE",
    {
      commandKey,
      fileType,
      ...server,
      ...file,
      timeWindowList: field("TimeWindowList", list("TimeWindowStruct", "cwmp:TimeWindowStruct", timeWindow)),
    },
    NONE,
    "1.2",
  ),
  // Left out, the CommandKey would cancel whatever has none.
  CancelTransfer: rpc("CPE", { commandKey: field("CommandKey", text) }, NONE, "1.2"),
  GetQueuedTransfers: rpc("CPE", NONE, {
    transferList: field("TransferList", list("QueuedTransferStruct", "cwmp:QueuedTransferStruct", queuedTransfer)),
  }),
  GetAllQueuedTransfers: rpc(
    "CPE",
    NONE,
    {
      transferList: field(
        "TransferList",
        list("AllQueuedTransferStruct", "cwmp:AllQueuedTransferStruct", anyQueuedTransfer),
      ),
    },
    "1.1",
  ),
  TransferComplete: rpc("ACS", { commandKey, ...result }, NONE),
  AutonomousTransferComplete: rpc(
    "ACS",
    {
      announceUrl: field("AnnounceURL", text),
      transferUrl: field("TransferURL", text),
      isDownload: field("IsDownload", boolean),
      fileType,
      ...file,
      ...result,
    },
    NONE,
    "1.1",
  ),
  RequestDownload: rpc(
    "ACS",
    { fileType, fileTypeArg: field("FileTypeArg", list("ArgStruct", "cwmp:ArgStruct", argument)) },
    NONE,
  ),
};
