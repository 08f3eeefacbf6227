import type { SipFlow } from "../../ports/sip.ts";
import { headerOf, headersOf, listOf, NO_BODY, type SipHeader, type SipRequest } from "./message.ts";
import { parseNameAddress } from "./uri.ts";
import { answeredVias } from "./via.ts";
import { type OutgoingMessage, writeMessage } from "./write.ts";

export type OutgoingResponse = Extract<OutgoingMessage, { readonly kind: "response" }>;

export interface ResponseExtras {
  /** Another than the usual one. */
  readonly reason?: string;
  readonly headers?: readonly SipHeader[];
  readonly body?: Uint8Array;
  /** For a To that has no tag yet. */
  readonly toTag?: string;
}

const REASONS: Readonly<Record<number, string>> = {
  ...{ 100: "Trying", 180: "Ringing", 200: "OK", 202: "Accepted", 302: "Moved Temporarily" },
  ...{ 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed" },
  ...{ 408: "Request Timeout", 415: "Unsupported Media Type", 416: "Unsupported URI Scheme", 420: "Bad Extension" },
  ...{
    423: "Interval Too Brief",
    469: "Bad Info Package",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
  },
  ...{ 482: "Loop Detected", 483: "Too Many Hops", 486: "Busy Here", 487: "Request Terminated" },
  ...{ 488: "Not Acceptable Here", 489: "Bad Event", 491: "Request Pending", 500: "Server Internal Error" },
  ...{ 501: "Not Implemented", 503: "Service Unavailable", 505: "Version Not Supported", 603: "Decline" },
};

/** The usual reason phrase; empty for an unusual status. */
export function reasonPhrase(status: number): string {
  return REASONS[status] ?? "";
}

/** A response to that request (RFC 3261 8.2.6), for the way back that `answerFlow` names. */
export function responseTo(
  request: SipRequest,
  from: SipFlow,
  status: number,
  extras: ResponseExtras = {},
): OutgoingResponse {
  const { headers = [], body = NO_BODY, reason = reasonPhrase(status), toTag } = extras;
  const vias = answeredVias(listOf(request, "Via"), from.remote);
  const kept = ["From", "To", "Call-ID", "CSeq"].flatMap((name) => {
    const value = headerOf(request, name);
    return value === undefined ? [] : [{ name, value: name === "To" ? withTag(value, toTag) : value }];
  });
  const routes = isDialogForming(request, status) ? headersOf(request, "Record-Route") : [];
  return {
    ...{ kind: "response", status, reason, body },
    headers: [
      ...vias.map((value) => ({ name: "Via", value })),
      ...routes.map((value) => ({ name: "Record-Route", value })),
      ...[...kept, ...headers],
    ],
  };
}

export function responseBytes(...call: Parameters<typeof responseTo>): Uint8Array {
  return writeMessage(responseTo(...call));
}

function isDialogForming({ method }: SipRequest, status: number): boolean {
  return method === "INVITE" && status > 100 && status < 300;
}

/** Text that cannot be read goes back as it came. */
function withTag(to: string, tag: string | undefined): string {
  const address = parseNameAddress(to);
  return tag === undefined || address === null || address.params.has("tag") ? to : `${to};tag=${tag}`;
}
