import type { ParameterValue } from "../soap/messages.ts";
import type { CpeMethod, DeviceId, InformEvent } from "../soap/rpc-table.ts";
import type { RpcCall, RpcOutcome } from "./calls.ts";

/** One call of a session and its outcome. `call` may hold passwords: not for logs. */
export interface Exchange {
  readonly call: RpcCall;
  readonly outcome: RpcOutcome;
}

/** A session with a CPE, from its Inform to its end. */
export interface AcsSession {
  /** Counts from 1 in the life of the ACS. */
  readonly number: number;
  /** `OUI-ProductClass-SerialNumber`. */
  readonly device: string;
  readonly deviceId: DeviceId;
  readonly events: readonly InformEvent[];
  readonly retryCount: number;
  /** What the Inform reported. */
  readonly parameters: readonly ParameterValue[];
  readonly exchanges: readonly Exchange[];
  /** Wall time in milliseconds: the Inform arrived, the session ended. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Null when the session came to its normal end. */
  readonly error: string | null;
}

/** How a transfer went, in the CPE's words. */
export interface TransferResult {
  /** Empty for one that the ACS has not asked for. */
  readonly commandKey: string;
  /** 0: it succeeded. */
  readonly faultCode: number;
  /** Secrets in URLs are masked. */
  readonly faultString: string;
}

/** Events of the ACS. They never hold a secret. `at` is wall time in milliseconds. */
export type AcsEvent =
  | {
      readonly kind: "session-started";
      readonly at: number;
      readonly session: number;
      readonly device: string;
      readonly events: readonly InformEvent[];
      readonly retryCount: number;
      /** A device that this ACS has not met before. */
      readonly isNew: boolean;
      readonly parameters: readonly ParameterValue[];
    }
  | {
      readonly kind: "rpc-sent";
      readonly at: number;
      readonly session: number;
      readonly device: string;
      readonly name: CpeMethod;
      /** Of a transfer: file type and URL, without secrets. */
      readonly target?: string;
    }
  | {
      readonly kind: "rpc-answered";
      readonly at: number;
      readonly session: number;
      readonly device: string;
      readonly name: CpeMethod;
      readonly outcome: RpcOutcome;
      /** From the RPC's leaving to its answer. */
      readonly tookMs: number;
    }
  /** The CPE called an RPC of the ACS; `faultCode` is what it was refused with, null when it was served. */
  | {
      readonly kind: "cpe-request";
      readonly at: number;
      readonly session: number;
      readonly device: string;
      readonly name: string;
      readonly faultCode: number | null;
      /** What a TransferComplete or AutonomousTransferComplete reports. */
      readonly transfer?: TransferResult;
    }
  /** The outcome of a step differs from the script. */
  | {
      readonly kind: "script-deviation";
      readonly at: number;
      readonly session: number;
      readonly device: string;
      readonly entry: string;
      readonly message: string;
    }
  | {
      readonly kind: "session-ended";
      readonly at: number;
      readonly session: number;
      readonly device: string;
      readonly calls: number;
      readonly tookMs: number;
      readonly error: string | null;
    }
  /** A file of this ACS's own file server has gone to the phone or come from it; `error` null: all of it. */
  | {
      readonly kind: "file";
      readonly at: number;
      readonly device: string;
      readonly direction: "sent" | "received";
      readonly path: string;
      readonly bytes: number;
      readonly error: string | null;
    }
  /** A request that belongs to no session: wrong credentials, not CWMP, no Inform before it. */
  | {
      readonly kind: "refused";
      readonly at: number;
      readonly address: string;
      readonly status: number;
      readonly reason: string;
    }
  | {
      readonly kind: "connection-request";
      readonly at: number;
      readonly device: string;
      /** The HTTP status of the CPE's last answer; 200 or 204 is success. */
      readonly status: number;
      readonly tookMs: number;
    }
  | {
      readonly kind: "xmpp-connection-request";
      readonly at: number;
      readonly device: string;
      readonly jabberId: string;
      /** `result`, the condition of the error, or `no answer`. */
      readonly answer: string;
      readonly tookMs: number;
    }
  /** Three copies were sent to this address; their arrival is not confirmed. */
  | {
      readonly kind: "udp-connection-request";
      readonly at: number;
      readonly device: string;
      readonly address: string;
    };

export type AcsListener = (event: AcsEvent) => void;
