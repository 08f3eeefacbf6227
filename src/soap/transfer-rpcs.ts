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
import type {
  AnyQueuedTransfer,
  QueuedTransfer,
  RpcName,
  TimeWindow,
  TransferArgument,
  TransferFault,
  TransferStarted,
  TransferState,
} from "./messages.ts";
import { ArgumentError } from "./place.ts";
import type { RpcEntry } from "./rpc-entry.ts";

type TransferRpc = Extract<
  RpcName,
  | "Download"
  | "Upload"
  | "ScheduleDownload"
  | "CancelTransfer"
  | "GetQueuedTransfers"
  | "GetAllQueuedTransfers"
  | "TransferComplete"
  | "AutonomousTransferComplete"
  | "RequestDownload"
>;

const state: Codec<TransferState> = {
  encode: (name, value) => unsignedInt.encode(name, value),
  decode(element, at) {
    const value = unsignedInt.decode(element, at);
    if (value === 1 || value === 2 || value === 3) return value;
    throw new ArgumentError(at, "is not 1, 2 or 3");
  },
};

const transferFault = struct<TransferFault>({
  faultCode: field("FaultCode", unsignedInt),
  faultString: field("FaultString", text),
});

const timeWindow = struct<TimeWindow>({
  windowStart: optional("WindowStart", unsignedInt, 0),
  windowEnd: field("WindowEnd", unsignedInt),
  windowMode: field("WindowMode", token),
  userMessage: optional("UserMessage", text, ""),
  maxRetries: optional("MaxRetries", int, 0),
});

const queuedTransfer = struct<QueuedTransfer>({
  commandKey: field("CommandKey", text),
  state: field("State", state),
});

const anyQueuedTransfer = struct<AnyQueuedTransfer>({
  commandKey: field("CommandKey", text),
  state: field("State", state),
  isDownload: field("IsDownload", boolean),
  fileType: field("FileType", text),
  fileSize: field("FileSize", unsignedInt),
  targetFileName: field("TargetFileName", text),
});

const argument = struct<TransferArgument>({ name: field("Name", text), value: field("Value", text) });

const started: RpcEntry<"Download">["response"] = {
  status: field("Status", status),
  startTime: field("StartTime", dateTime),
  completeTime: field("CompleteTime", dateTime),
} satisfies { readonly [K in keyof TransferStarted]: unknown };

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
export const TRANSFER_RPCS: { readonly [N in TransferRpc]: RpcEntry<N> } = {
  Download: {
    request: {
      commandKey,
      fileType,
      ...server,
      ...file,
      delaySeconds,
      successUrl: optional("SuccessURL", text, ""),
      failureUrl: optional("FailureURL", text, ""),
    },
    response: started,
  },
  Upload: {
    request: { commandKey, fileType, ...server, delaySeconds },
    response: started,
  },
  ScheduleDownload: {
    request: {
      commandKey,
      fileType,
      ...server,
      ...file,
      timeWindowList: field("TimeWindowList", list("TimeWindowStruct", "cwmp:TimeWindowStruct", timeWindow)),
    },
    response: {},
  },
  // Left out, the CommandKey would cancel whatever has none.
  CancelTransfer: { request: { commandKey: field("CommandKey", text) }, response: {} },
  GetQueuedTransfers: {
    request: {},
    response: {
      transferList: field("TransferList", list("QueuedTransferStruct", "cwmp:QueuedTransferStruct", queuedTransfer)),
    },
  },
  GetAllQueuedTransfers: {
    request: {},
    response: {
      transferList: field(
        "TransferList",
        list("AllQueuedTransferStruct", "cwmp:AllQueuedTransferStruct", anyQueuedTransfer),
      ),
    },
  },
  TransferComplete: { request: { commandKey, ...result }, response: {} },
  AutonomousTransferComplete: {
    request: {
      announceUrl: field("AnnounceURL", text),
      transferUrl: field("TransferURL", text),
      isDownload: field("IsDownload", boolean),
      fileType,
      ...file,
      ...result,
    },
    response: {},
  },
  RequestDownload: {
    request: { fileType, fileTypeArg: field("FileTypeArg", list("ArgStruct", "cwmp:ArgStruct", argument)) },
    response: {},
  },
};
