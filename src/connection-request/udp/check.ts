import type { AcceptedMark } from "../../ports/udp-connection-requests.ts";
import { constantTimeEqual } from "../../system/http-digest.ts";
import { udpRequestSignature } from "../../system/udp-request-signature.ts";
import type { UdpRequest } from "./request.ts";

export type UdpVerdict =
  | { readonly kind: "accepted"; readonly mark: AcceptedMark }
  /** The very request that was accepted last: an ACS sends several copies (C-248). */
  | { readonly kind: "copy" }
  | { readonly kind: "refused"; readonly reason: UdpRefusal };

export type UdpRefusal =
  | "ConnectionRequestUsername or ConnectionRequestPassword is empty"
  | "wrong credentials"
  | "not newer than the last accepted request";

/** Checks a request (C-245, C-246, C-250). Compares nothing with the own clock; changes nothing. */
export function checkUdpRequest(
  request: UdpRequest,
  { username, password }: { readonly username: string; readonly password: string },
  last: AcceptedMark | null,
): UdpVerdict {
  if (username === "" || password === "")
    return { kind: "refused", reason: "ConnectionRequestUsername or ConnectionRequestPassword is empty" };
  if (!isGenuine(request, username, password)) return { kind: "refused", reason: "wrong credentials" };
  const mark = { ts: Number(request.ts), id: request.id.replace(/^0+(?=\d)/, "") };
  if (last === null || (mark.ts > last.ts && mark.id !== last.id)) return { kind: "accepted", mark };
  if (mark.ts === last.ts && mark.id === last.id) return { kind: "copy" };
  return { kind: "refused", reason: "not newer than the last accepted request" };
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
