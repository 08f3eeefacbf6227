import type { SignedArguments } from "../../system/udp-request-signature.ts";

/** The arguments as they stand in the datagram, its bytes as Latin-1 characters; nothing is decoded. */
export interface UdpRequest extends SignedArguments {
  /** 40 hex digits, in lower case. */
  readonly sig: string;
}

/** What the ACS sends fits one packet; more is no request (C-283). */
const MAX_BYTES = 1500;
const FIRST_BYTE = "G".charCodeAt(0);
/** A user name that is not encoded may hold blanks: the last one ends the uri. */
const REQUEST_LINE = /^GET ([^?\r\n]*)\?([^\r\n]*) HTTP\/1\.1(?:\r?\n|$)/;
/** Until the year 2286. With more digits one of `id`, which follows it in the signed text, could be taken for its last. */
const TS = /^\d{1,10}$/;
const ID = /^\d{1,20}$/;
const SIG = /^[0-9a-f]{40}$/i;
const NAMES = ["ts", "id", "un", "cn", "sig"] as const;

/**
 * Reads a UDP connection request (TR-069 Annex G, C-243, C-244); null for anything else. The uri before `?`, header lines
 * and arguments of other names do not count; the five that do must each stand there once, in any order.
 */
export function parseUdpRequest(datagram: Uint8Array): UdpRequest | null {
  if (datagram[0] !== FIRST_BYTE || datagram.length > MAX_BYTES) return null;
  const text = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.byteLength).toString("latin1");
  const query = REQUEST_LINE.exec(text)?.[2];
  const given = query === undefined ? null : readArguments(query);
  if (given === null) return null;
  const [ts = "", id = "", un = "", cn = "", sig = ""] = NAMES.map((name) => given.get(name));
  return TS.test(ts) && ID.test(id) && SIG.test(sig) ? { ts, id, un, cn, sig: sig.toLowerCase() } : null;
}

/** Null where one is missing or stands there twice. */
function readArguments(query: string): ReadonlyMap<string, string> | null {
  const given = new Map<string, string>();
  for (const part of query.split("&")) {
    const equals = part.indexOf("=");
    const name = part.slice(0, Math.max(equals, 0));
    if (!NAMES.some((known) => known === name)) continue;
    if (given.has(name)) return null;
    given.set(name, part.slice(equals + 1));
  }
  return given.size === NAMES.length ? given : null;
}
