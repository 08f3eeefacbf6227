import type { CpeMethod, RequestOf, ResponseOf } from "../soap/rpc-table.ts";

/** One RPC with its arguments. A `ParameterValue` without a type gets the one that the CPE last reported for it. */
export type RpcCall = {
  [N in CpeMethod]: {
    readonly name: N;
    readonly args: RequestOf<N>;
    /** Sends HoldRequests=1 along, deprecated but to be understood (C-044). */
    readonly holdRequests?: boolean;
    /**
     * Of a transfer: the file of this machine that the phone fetches, in place of `args.url`; empty for an Upload that this ACS
     * receives itself. Its URL is known when the phone is there (file-links.ts).
     */
    readonly local?: string;
  };
}[CpeMethod];

export interface ParameterFaultReport {
  readonly parameterName: string;
  readonly faultCode: number;
  readonly faultString: string;
}

/** The outcome of a call. Never an exception: a fault is an answer like any other. */
export type RpcOutcome =
  | { [N in CpeMethod]: { readonly kind: "response"; readonly name: N; readonly response: ResponseOf<N> } }[CpeMethod]
  | {
      readonly kind: "fault";
      readonly faultCode: number;
      readonly faultString: string;
      readonly parameterFaults: readonly ParameterFaultReport[];
    }
  /**
   * The session broke, or the ACS was closed, before the CPE answered. Whether the CPE executed the call is unknown.
   */
  | { readonly kind: "lost"; readonly reason: string };

/** The response of RPC `name`, or null where the outcome is something else. */
export function responseOf<N extends CpeMethod>(outcome: RpcOutcome, name: N): ResponseOf<N> | null {
  // The table above pairs name and response; TypeScript does not follow that through a type parameter.
  return outcome.kind === "response" && outcome.name === name ? (outcome.response as ResponseOf<N>) : null;
}

/** A call on its way to a CPE. */
export interface QueuedCall {
  readonly call: RpcCall;
  /** More calls are to follow: the ACS waits for them instead of ending the session. */
  readonly more: boolean;
  settle(outcome: RpcOutcome): void;
}

/** Where a session takes its calls from, one at a time. */
export interface CallSource {
  next(): QueuedCall | undefined;
}
