import type { SipFlow } from "../../ports/sip.ts";
import type { SipServer } from "../locate.ts";
import { headerOf, listOf, NO_BODY, type SipHeader, type SipRequest, type SipResponse } from "../message/message.ts";
import { parseNameAddress, parseUri } from "../message/uri.ts";
import type { OutgoingRequest } from "../transactions/client.ts";

/** The dialog of a call (RFC 3261 12). */
export interface Dialog {
  readonly callId: string;
  /** From and To of requests of this side, with their tags. */
  readonly local: string;
  readonly remote: string;
  readonly remoteTag: string;
  /** Where requests are for, and the proxies that want to see them. */
  readonly target: string;
  readonly routes: readonly string[];
  /** The way that the call came, or went. */
  readonly flow: SipFlow;
  /** Of the last request of this side. */
  sequence: number;
}

/** From an INVITE that this side has answered with that tag. */
export function incomingDialog(invite: SipRequest, flow: SipFlow, tag: string): Dialog {
  const from = headerOf(invite, "From") ?? "";
  return {
    callId: headerOf(invite, "Call-ID") ?? "",
    local: `${headerOf(invite, "To") ?? ""};tag=${tag}`,
    remote: from,
    remoteTag: tagOf(from),
    target: contactOf(invite) ?? parseNameAddress(from)?.uri ?? "",
    routes: listOf(invite, "Record-Route"),
    flow,
    sequence: 0,
  };
}

/** From the 2xx to an INVITE of this side. */
export function outgoingDialog(invite: OutgoingRequest, answer: SipResponse, flow: SipFlow, sequence: number): Dialog {
  const sent = { ...invite, fault: null };
  const to = headerOf(answer, "To") ?? "";
  return {
    callId: headerOf(sent, "Call-ID") ?? "",
    local: headerOf(sent, "From") ?? "",
    remote: to,
    remoteTag: tagOf(to),
    target: contactOf(answer) ?? invite.uri,
    routes: listOf(answer, "Record-Route").toReversed(),
    flow,
    sequence,
  };
}

/** A request within the dialog. An ACK has the number of its INVITE. */
export function requestIn(
  dialog: Dialog,
  method: string,
  more: readonly SipHeader[] = [],
  body: Uint8Array = NO_BODY,
): OutgoingRequest {
  const number = method === "ACK" ? dialog.sequence : ++dialog.sequence;
  const headers = [
    { name: "Max-Forwards", value: "70" },
    ...dialog.routes.map((value) => ({ name: "Route", value })),
    { name: "From", value: dialog.local },
    { name: "To", value: dialog.remote },
    { name: "Call-ID", value: dialog.callId },
    { name: "CSeq", value: `${number} ${method}` },
    ...more,
  ];
  return { kind: "request", method, uri: dialog.target, headers, body };
}

/** Where requests of the dialog are sent: the first proxy, or the other phone; null: the way that the call came is right. */
export function nextHop({ routes, target, flow }: Dialog): SipServer | null {
  const [route] = routes;
  const uri = parseUri(route === undefined ? target : (parseNameAddress(route)?.uri ?? ""));
  if (uri === null || flow.protocol !== "UDP") return null;
  const port = uri.port ?? 5060;
  const { remote } = flow;
  return uri.host === remote.host && port === remote.port ? null : { host: uri.host, port, protocol: "UDP" };
}

export function tagOf(header: string): string {
  return parseNameAddress(header)?.params.get("tag") ?? "";
}

function contactOf(message: SipRequest | SipResponse): string | undefined {
  const [contact] = listOf(message, "Contact");
  const uri = parseNameAddress(contact ?? "")?.uri;
  return uri === undefined || parseUri(uri) === null ? undefined : uri;
}
