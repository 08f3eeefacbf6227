import type { PnpPhone } from "../../ports/pnp.ts";
import type { SipFlow } from "../../ports/sip.ts";
import { headerOf, NO_BODY, type SipHeader, type SipRequest, splitOutside } from "../message/message.ts";
import { nameAddressText, parseNameAddress, readParams, uriText } from "../message/uri.ts";
import type { OutgoingRequest } from "../transactions/client.ts";

/** The package of configuration profiles (RFC 6080). */
export const PROFILE_EVENT = "ua-profile";
/** Where phones ask, port 5060: multicast that no router passes on. */
export const PNP_GROUP = "224.0.1.75";
export const PNP_PORT = 5060;
/** Content types of a NOTIFY with a URL. */
export const URL_TYPES = ["application/url", "message/external-body"] as const;
/** Longer URLs are none for a phone's settings. */
const MAX_URL = 512;

/** Identifies a request. */
export interface Dialog {
  readonly callId: string;
  /** Of From; of To in the NOTIFY. */
  readonly tag: string;
}

/** The question of a phone, once and without a lasting subscription (RFC 6665 4.4.3); `group` is the host of its URIs. */
export function subscribeRequest(
  phone: PnpPhone,
  group: string,
  { callId, tag }: Dialog,
  flow: SipFlow,
): OutgoingRequest {
  const user = `MAC${plainMac(phone.macAddress)}`;
  const uri = uriText(user, group, null);
  const { vendor, modelName, firmware } = phone;
  const about = [
    ["profile-type", "device"],
    ["vendor", vendor],
    ["model", modelName],
    ["version", firmware],
  ] as const;
  const headers: SipHeader[] = [
    { name: "Max-Forwards", value: "70" },
    { name: "From", value: nameAddressText("", uri, { tag }) },
    { name: "To", value: nameAddressText("", uri) },
    { name: "Call-ID", value: callId },
    { name: "CSeq", value: "1 SUBSCRIBE" },
    { name: "Contact", value: nameAddressText("", uriText(user, flow.local.host, flow.local.port)) },
    { name: "Expires", value: "0" },
    { name: "Event", value: [PROFILE_EVENT, ...about.map(([name, text]) => `${name}=${quoted(text)}`)].join(";") },
    { name: "Accept", value: URL_TYPES.join(", ") },
    { name: "User-Agent", value: `${vendor} ${modelName} ${firmware}` },
  ];
  return { kind: "request", method: "SUBSCRIBE", uri, headers, body: NO_BODY };
}

/** Whether a NOTIFY belongs to the request: only receivers of the request know both. */
export function answers(notify: SipRequest, { callId, tag }: Dialog): boolean {
  const to = parseNameAddress(headerOf(notify, "To") ?? "");
  return headerOf(notify, "Call-ID") === callId && to?.params.get("tag") === tag;
}

export function isProfileEvent(request: SipRequest): boolean {
  return headWord(headerOf(request, "Event") ?? "") === PROFILE_EVENT;
}

/**
 * The content of a NOTIFY. `none`: nothing yet, as in the first one of a server that must think; `unsupported`: a form
 * that was not asked for; `unusable`: no URL, or one that is too long.
 */
export type Notified =
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "none" | "unsupported" | "unusable" };

export function readNotify(notify: SipRequest): Notified {
  const type = headerOf(notify, "Content-Type") ?? "";
  if (notify.body.length === 0 && type === "") return { kind: "none" };
  const kind = headWord(type);
  if (kind === "application/url") return urlIn(firstLine(notify.body));
  // RFC 2046 5.2.3 and RFC 4483: the URL is a parameter, what follows describes the file.
  if (kind === "message/external-body") return urlIn(readParams(splitOutside(type, ";").slice(1)).get("url") ?? "");
  return { kind: notify.body.length === 0 ? "none" : "unsupported" };
}

/** Twelve digits in lower case where the text is a MAC address; else what of it can stand there. */
export function plainMac(text: string): string {
  return text.replace(/[^0-9A-Za-z]/g, "").toLowerCase();
}

function urlIn(text: string): Notified {
  const isUrl = text.length <= MAX_URL && /^[a-z][a-z0-9+.-]*:\/\/[\x21-\x7e]+$/i.test(text);
  return isUrl ? { kind: "url", url: text } : { kind: "unusable" };
}

/** Some end the URL with a line end, some quote it. */
function firstLine(body: Uint8Array): string {
  const text = Buffer.from(body.subarray(0, MAX_URL + 4)).toString("latin1");
  return (text.trimStart().split(/[\r\n]/)[0] ?? "").trim().replace(/^"(.*)"$|^<(.*)>$/, "$1$2");
}

function headWord(value: string): string {
  return (value.split(";")[0] ?? "").trim().toLowerCase();
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
