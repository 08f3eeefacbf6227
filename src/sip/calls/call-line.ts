import type { SipFlow } from "../../ports/sip.ts";
import type { SipServer } from "../locate.ts";
import type { Login } from "../registration/credentials.ts";
import type { Voice } from "./rtp.ts";
import type { Codec } from "./sdp.ts";

/** The current state of a line, as calls need it. */
export interface CallLine {
  /** Of the account, from 1. */
  readonly number: number;
  /** Its address, `sip:1001@pbx.example`, and the name beside it. */
  readonly address: string;
  readonly display: string;
  readonly login: Login;
  readonly userAgent: string;
  /** Its codecs, in order of preference. */
  readonly codecs: readonly Codec[];
  /** Whether pressed keys are taken as RFC 4733 events, and their payload type in an offer. */
  readonly telephoneEvents: boolean;
  readonly telephonePayload: number;
  /** Whether pressed keys are taken from INFO. */
  readonly keysByInfo: boolean;
  readonly voice: Voice;
  contactUri(flow: SipFlow): string;
}

/** Where calls of the line go out: the way to its registrar, and the server that the URI names. */
export interface CallWay {
  readonly flow: SipFlow;
  readonly server: SipServer;
  /** The outbound proxy that the way leads to; null: none. */
  readonly proxy: SipServer | null;
}

/** How a phone handles an incoming call, by its settings. */
export type IncomingPolicy =
  | { readonly kind: "forward"; readonly target: string }
  | { readonly kind: "refuse"; readonly status: number }
  | {
      readonly kind: "ring";
      /** Null: calls are not answered. */
      readonly answerAfterMs: number | null;
      /** Null: it rings until the caller gives up. */
      readonly forward: { readonly afterMs: number; readonly target: string } | null;
    };

/** The words of TR-104 (CallState). */
export type CallState = "Calling" | "Ringing" | "InCall";

export interface CallView {
  readonly line: number;
  readonly direction: "incoming" | "outgoing";
  /** The other side's address. */
  readonly with: string;
  readonly state: CallState;
}
