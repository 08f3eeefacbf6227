import { headerOf, type SipHeader, type SipRequest } from "../message/message.ts";

/** Pressed keys as bodies of INFO: `Signal=5` with its duration, and the key alone. */
const KEY_BODIES: Readonly<Record<string, RegExp>> = {
  "application/dtmf-relay": /^[ \t]*signal[ \t]*[=:][ \t]*(?:[\d*#a-d]|1[0-6])[ \t]*\r?$/im,
  "application/dtmf": /^\s*(?:[\d*#a-d]|1[0-6])\s*$/i,
};

export interface InfoAnswer {
  readonly status: number;
  readonly headers: readonly SipHeader[];
}

/**
 * The answer to an INFO within a call (RFC 2976 2.2): without a body it asks whether the call is still there; a body is taken where
 * it is a pressed key, and the phone takes keys in this way. Info packages (RFC 6086) are not spoken.
 *
 * @param takesKeys the account's setting
 */
export function infoAnswer(request: SipRequest, takesKeys: boolean): InfoAnswer {
  if (headerOf(request, "Info-Package") !== undefined) {
    return { status: 469, headers: [{ name: "Recv-Info", value: "" }] };
  }
  if (request.body.length === 0) return { status: 200, headers: [] };
  const type = (headerOf(request, "Content-Type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const form = takesKeys ? KEY_BODIES[type] : undefined;
  if (form === undefined) {
    return { status: 415, headers: [{ name: "Accept", value: takesKeys ? Object.keys(KEY_BODIES).join(", ") : "" }] };
  }
  return { status: form.test(Buffer.from(request.body).toString("latin1")) ? 200 : 400, headers: [] };
}
