import type { InternetAddress } from "../../ports/datagrams.ts";
import { listOf, type SipMessage } from "./message.ts";
import { hostPort, readParams } from "./uri.ts";

/** One hop of a request (RFC 3261 20.42). */
export interface Via {
  /** `UDP`, `TCP`, `TLS`, or another, in upper case. */
  readonly protocol: string;
  /** Without brackets. */
  readonly host: string;
  readonly port: number | null;
  readonly params: ReadonlyMap<string, string>;
}

/** The prefix of a branch of RFC 3261. */
export const MAGIC_COOKIE = "z9hG4bK";

const VIA =
  /^SIP\s*\/\s*2\.0\s*\/\s*([a-z0-9-]+)\s+(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?:\s*:\s*(\d{1,5}))?\s*((?:;.*)?)$/is;

/** Null for one that cannot be read. */
export function parseVia(text: string): Via | null {
  const [, protocol, host = "", port, params = ""] = VIA.exec(text) ?? [];
  if (protocol === undefined || Number(port ?? 1) > 65_535) return null;
  return {
    protocol: protocol.toUpperCase(),
    host: host.replace(/^\[(.*)\]$/, "$1"),
    port: port === undefined ? null : Number(port),
    params: readParams(params.split(";").slice(1)),
  };
}

/** The hop that a request came from, or that a response is for. */
export function topVia(message: SipMessage): Via | null {
  const [first] = listOf(message, "Via");
  return first === undefined ? null : parseVia(first);
}

/** The Via of a request of ours: asks for the address that the answer comes back to (RFC 3581). */
export function viaText(protocol: string, local: InternetAddress, branch: string): string {
  return `SIP/2.0/${protocol} ${hostPort(local.host, local.port)};branch=${branch};rport`;
}

/**
 * The Via values of a response: the first with the sender's real address where it differs or the sender asks for it (RFC 3261
 * 18.2.1, RFC 3581 4). Text that cannot be read stays as it is.
 */
export function answeredVias(values: readonly string[], from: InternetAddress): readonly string[] {
  const [first = "", ...rest] = values;
  const via = parseVia(first);
  if (via === null) return values;
  const asksForPort = via.params.get("rport") === "";
  const received = asksForPort || via.host !== from.host ? `;received=${from.host}` : "";
  const base = first.replace(/;\s*received\s*=[^;,]*/i, "");
  const marked = asksForPort ? base.replace(/;\s*rport\s*(?==?\s*(?:;|$))=?/i, `;rport=${from.port}`) : base;
  return [`${marked}${received}`, ...rest];
}
