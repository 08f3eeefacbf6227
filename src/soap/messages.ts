import type { CwmpVersion } from "../cwmp/versions.ts";

/** A parameter's name and value. `type` is the local name of the xsi:type as it was sent, null where none was. */
export interface ParameterValue {
  readonly name: string;
  readonly value: string;
  readonly type: string | null;
}

export interface DeviceId {
  readonly manufacturer: string;
  readonly oui: string;
  readonly productClass: string;
  readonly serialNumber: string;
}

export interface ParameterInfo {
  readonly name: string;
  readonly writable: boolean;
}

export interface SetParameterAttributes {
  readonly name: string;
  readonly notificationChange: boolean;
  readonly notification: number;
  readonly accessListChange: boolean;
  readonly accessList: readonly string[];
}

export interface ParameterAttributes {
  readonly name: string;
  readonly notification: number;
  readonly accessList: readonly string[];
}

export interface InformEvent {
  readonly eventCode: string;
  readonly commandKey: string;
}

/** Download and Upload: 0 is done, 1 is to follow with a TransferComplete. */
export interface TransferStarted {
  readonly status: Status;
  readonly startTime: string;
  readonly completeTime: string;
}

/** What became of a transfer: code 0 and an empty text where all went well. */
export interface TransferFault {
  readonly faultCode: number;
  readonly faultString: string;
}

/** Seconds count from the receipt of the request. */
export interface TimeWindow {
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly windowMode: string;
  readonly userMessage: string;
  readonly maxRetries: number;
}

/** 1: not started. 2: in progress. 3: completed, its TransferComplete not yet taken. */
export type TransferState = 1 | 2 | 3;

export interface QueuedTransfer {
  readonly commandKey: string;
  readonly state: TransferState;
}

export interface AnyQueuedTransfer extends QueuedTransfer {
  readonly isDownload: boolean;
  readonly fileType: string;
  readonly fileSize: number;
  readonly targetFileName: string;
}

export interface TransferArgument {
  readonly name: string;
  readonly value: string;
}

export type Status = 0 | 1;
type Empty = Readonly<Record<string, never>>;

/** Arguments of every RPC that either side may call, and of its response (TR-069 A.3, A.4). */
export interface RpcMessages {
  readonly Inform: {
    readonly request: {
      readonly deviceId: DeviceId;
      readonly event: readonly InformEvent[];
      readonly maxEnvelopes: number;
      /** dateTime with an offset. */
      readonly currentTime: string;
      readonly retryCount: number;
      readonly parameterList: readonly ParameterValue[];
    };
    readonly response: { readonly maxEnvelopes: number };
  };
  readonly GetRPCMethods: { readonly request: Empty; readonly response: { readonly methodList: readonly string[] } };
  readonly SetParameterValues: {
    readonly request: { readonly parameterList: readonly ParameterValue[]; readonly parameterKey: string };
    readonly response: { readonly status: Status };
  };
  readonly GetParameterValues: {
    readonly request: { readonly parameterNames: readonly string[] };
    readonly response: { readonly parameterList: readonly ParameterValue[] };
  };
  readonly GetParameterNames: {
    readonly request: { readonly parameterPath: string; readonly nextLevel: boolean };
    readonly response: { readonly parameterList: readonly ParameterInfo[] };
  };
  readonly SetParameterAttributes: {
    readonly request: { readonly parameterList: readonly SetParameterAttributes[] };
    readonly response: Empty;
  };
  readonly GetParameterAttributes: {
    readonly request: { readonly parameterNames: readonly string[] };
    readonly response: { readonly parameterList: readonly ParameterAttributes[] };
  };
  readonly AddObject: {
    readonly request: { readonly objectName: string; readonly parameterKey: string };
    readonly response: { readonly instanceNumber: number; readonly status: Status };
  };
  readonly DeleteObject: {
    readonly request: { readonly objectName: string; readonly parameterKey: string };
    readonly response: { readonly status: Status };
  };
  readonly Reboot: { readonly request: { readonly commandKey: string }; readonly response: Empty };
  readonly FactoryReset: { readonly request: Empty; readonly response: Empty };
  readonly Download: {
    readonly request: {
      readonly commandKey: string;
      readonly fileType: string;
      readonly url: string;
      readonly username: string;
      readonly password: string;
      readonly fileSize: number;
      readonly targetFileName: string;
      readonly delaySeconds: number;
      readonly successUrl: string;
      readonly failureUrl: string;
    };
    readonly response: TransferStarted;
  };
  readonly Upload: {
    readonly request: {
      readonly commandKey: string;
      readonly fileType: string;
      readonly url: string;
      readonly username: string;
      readonly password: string;
      readonly delaySeconds: number;
    };
    readonly response: TransferStarted;
  };
  readonly ScheduleDownload: {
    readonly request: {
      readonly commandKey: string;
      readonly fileType: string;
      readonly url: string;
      readonly username: string;
      readonly password: string;
      readonly fileSize: number;
      readonly targetFileName: string;
      readonly timeWindowList: readonly TimeWindow[];
    };
    readonly response: Empty;
  };
  readonly CancelTransfer: { readonly request: { readonly commandKey: string }; readonly response: Empty };
  readonly GetQueuedTransfers: {
    readonly request: Empty;
    readonly response: { readonly transferList: readonly QueuedTransfer[] };
  };
  readonly GetAllQueuedTransfers: {
    readonly request: Empty;
    readonly response: { readonly transferList: readonly AnyQueuedTransfer[] };
  };
  readonly TransferComplete: {
    readonly request: {
      readonly commandKey: string;
      readonly faultStruct: TransferFault;
      readonly startTime: string;
      readonly completeTime: string;
    };
    readonly response: Empty;
  };
  readonly AutonomousTransferComplete: {
    readonly request: {
      readonly announceUrl: string;
      readonly transferUrl: string;
      readonly isDownload: boolean;
      readonly fileType: string;
      readonly fileSize: number;
      readonly targetFileName: string;
      readonly faultStruct: TransferFault;
      readonly startTime: string;
      readonly completeTime: string;
    };
    readonly response: Empty;
  };
  readonly RequestDownload: {
    readonly request: { readonly fileType: string; readonly fileTypeArg: readonly TransferArgument[] };
    readonly response: Empty;
  };
  readonly ScheduleInform: {
    /** `delaySeconds` counts from the receipt. */
    readonly request: { readonly delaySeconds: number; readonly commandKey: string };
    readonly response: Empty;
  };
}

export type RpcName = keyof RpcMessages;
export type RequestOf<N extends RpcName> = RpcMessages[N]["request"];
export type ResponseOf<N extends RpcName> = RpcMessages[N]["response"];

/** A parsed element: namespace-resolved, character data joined and unescaped, comments and PIs gone. */
export interface XmlElement {
  readonly namespace: string;
  readonly name: string;
  /** `{namespace}local` or, without a namespace, `local`. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

/** An envelope from the other side, checked as SOAP, its body not yet decoded. */
export interface IncomingEnvelope {
  /** cwmp:ID, null where the sender gave none. */
  readonly id: string | null;
  readonly holdRequests: boolean;
  /** The cwmp namespace in use, as the lowest version that it can mean. */
  readonly version: CwmpVersion;
  /** UseCWMPVersion of an InformResponse, null where absent. */
  readonly useCwmpVersion: string | null;
  /** Names of header entries with mustUnderstand=1 that nobody knows: the request must not be executed (C-062). */
  readonly notUnderstood: readonly string[];
  readonly body: IncomingBody;
}

export type IncomingBody =
  | { readonly kind: "request"; readonly name: string; readonly element: XmlElement }
  /** `name` without the trailing `Response`. */
  | { readonly kind: "response"; readonly name: string; readonly element: XmlElement }
  | {
      readonly kind: "fault";
      readonly faultCode: number;
      readonly faultString: string;
      readonly parameterFaults: readonly { parameterName: string; faultCode: number; faultString: string }[];
    };
