import { cseqOf, headerOf, headersOf, type SipRequest } from "../message/message.ts";
import { parseNameAddress, parseUri } from "../message/uri.ts";
import { topVia } from "../message/via.ts";

export interface RequestFault {
  readonly status: number;
  readonly reason?: string;
}

const SINGLE = ["From", "To", "Call-ID", "CSeq", "Max-Forwards"] as const;

/** Why a request cannot be served, whatever it asks for (RFC 3261 8.1.1, 8.2, 16.3); null: it can. */
export function requestFault(request: SipRequest): RequestFault | null {
  if (request.version.toUpperCase() !== "SIP/2.0") return { status: 505 };
  const problem = request.fault ?? headerProblem(request);
  if (problem !== null) return { status: 400, reason: `Bad Request: ${problem}` };
  if (/[\s<>"]/.test(request.uri)) return { status: 400, reason: "Bad Request: the Request-URI cannot be read" };
  if (parseUri(request.uri) !== null) return null;
  const isSip = /^sips?:/i.test(request.uri);
  return isSip ? { status: 400, reason: "Bad Request: the Request-URI cannot be read" } : { status: 416 };
}

function headerProblem(request: SipRequest): string | null {
  const twice = SINGLE.find((name) => headersOf(request, name).length > 1);
  if (twice !== undefined) return `${twice} is there twice`;
  if (topVia(request) === null) return "Via is missing or cannot be read";
  for (const name of ["From", "To"]) {
    if (parseNameAddress(headerOf(request, name) ?? "") === null) return `${name} is missing or cannot be read`;
  }
  if ((headerOf(request, "Call-ID") ?? "") === "") return "Call-ID is missing";
  if (cseqOf(request)?.method !== request.method) return "CSeq is missing or of another method";
  const hops = headerOf(request, "Max-Forwards");
  return hops === undefined || /^\d{1,9}$/.test(hops) ? null : "Max-Forwards must be a number";
}
