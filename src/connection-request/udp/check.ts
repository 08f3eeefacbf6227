import { EARLIEST_TIME_MS } from "../../cwmp/date-time.ts";
import type { AcceptedRequest, AcceptedRequests } from "../../ports/udp-connection-requests.ts";
import { constantTimeEqual } from "../../system/http-digest.ts";
import { udpRequestSignature } from "../../system/udp-request-signature.ts";
import type { UdpRequest } from "./request.ts";

export type UdpVerdict =
  | { readonly kind: "accepted"; readonly request: AcceptedRequest }
  /** The very request that was accepted last: an ACS sends several copies (C-248). */
  | { readonly kind: "copy" }
  | { readonly kind: "refused"; readonly reason: UdpRefusal };

export type UdpRefusal =
  | "ConnectionRequestUsername or ConnectionRequestPassword is empty"
  | "wrong credentials"
  | "not newer than the last accepted request"
  | "its signature was accepted before"
  | "its time is decades ahead";

/**
 * No ACS has a clock that is so far ahead of the phone's, which may be wrong by years itself: at worst it stands at 1970, and
 * then the age of this program counts.
 */
const MAX_AHEAD_MS = 20 * 366 * 86_400_000;

/**
 * Checks a request (C-245, C-246, C-250); changes nothing.
 *
 * @param nowMs the own clock, milliseconds since 1970. It only excludes impossible times.
 */
export function checkUdpRequest(
  request: UdpRequest,
  { username, password }: { readonly username: string; readonly password: string },
  { mark: last, signatures }: AcceptedRequests,
  nowMs: number,
): UdpVerdict {
  if (username === "" || password === "")
    return { kind: "refused", reason: "ConnectionRequestUsername or ConnectionRequestPassword is empty" };
  if (!isGenuine(request, username, password)) return { kind: "refused", reason: "wrong credentials" };
  const [ts, id] = [Number(request.ts), request.id.replace(/^0+(?=\d)/, "")];
  if (last !== null && ts === last.ts && id === last.id) return { kind: "copy" };
  if (signatures.includes(request.sig)) return { kind: "refused", reason: "its signature was accepted before" };
  if (ts * 1000 > Math.max(nowMs, EARLIEST_TIME_MS) + MAX_AHEAD_MS)
    return { kind: "refused", reason: "its time is decades ahead" };
  if (last !== null && (ts <= last.ts || id === last.id))
    return { kind: "refused", reason: "not newer than the last accepted request" };
  return { kind: "accepted", request: { ts, id, sig: request.sig } };
}

/** Whether the request is for a phone with that user name: only then is the signature checked. */
export function isAddressedTo({ un }: UdpRequest, username: string): boolean {
  const name = Buffer.from(username, "utf8").toString("latin1");
  return un === name || percentDecoded(un) === name;
}

/**
 * Practice differs on whether `un` and `cn` are percent-encoded in the uri, and on whether the signature covers the one
 * form or the other (C-250): all are taken. Every comparison is made, whatever the others say.
 */
function isGenuine(request: UdpRequest, username: string, password: string): boolean {
  const decoded = { ...request, un: percentDecoded(request.un), cn: percentDecoded(request.cn) };
  const name = Buffer.from(username, "utf8").toString("latin1");
  const names = [request.un, decoded.un].map((un) => constantTimeEqual(un, name));
  const signatures = [request, decoded].map((form) =>
    constantTimeEqual(request.sig, udpRequestSignature(form, password)),
  );
  return names.includes(true) && signatures.includes(true);
}

/** What is no encoded byte stays as it is. */
function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_code, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
