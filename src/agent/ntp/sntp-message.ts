/** Datagrams of SNTP, the client's side (RFC 5905 7.3, RFC 4330 4 and 5). Times are milliseconds since 1970. */

/** The content of an answer. */
export type SntpAnswer =
  /** No answer to this request: forged, late or cut short. */
  | { readonly kind: "foreign" }
  /** Kiss-o'-death (RFC 5905 7.4): the server refuses requests; `code` such as DENY. */
  | { readonly kind: "kiss"; readonly code: string }
  /** The server cannot tell the time; why, as the end of a sentence about it. */
  | { readonly kind: "unusable"; readonly reason: string }
  | { readonly kind: "time"; readonly receivedAt: number; readonly sentAt: number; readonly stratum: number };

/** The transmit timestamp of a request: random bytes, which the answer repeats. Nobody off the path can guess them. */
export const COOKIE_BYTES = 8;

const LENGTH = 48;
const VERSION = 4;
const CLIENT = 3;
const SERVER = 4;
const MAX_STRATUM = 15;
const NOT_SYNCHRONIZED = 3;
/** 1900-01-01, and 2036-02-07T06:28:16Z, where the 32 bits of the seconds start over. */
const ERA_0 = Date.UTC(1900, 0, 1);
const ERA_1 = ERA_0 + 2 ** 32 * 1000;

/** @param cookie {@link COOKIE_BYTES} random bytes, not all 0 */
export function sntpRequest(cookie: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(LENGTH);
  bytes[0] = (VERSION << 3) | CLIENT;
  bytes.set(cookie, 40);
  return bytes;
}

/** Never throws. An answer that does not repeat the cookie is ignored. */
export function readSntpAnswer(datagram: Uint8Array, cookie: Uint8Array): SntpAnswer {
  const bytes = Buffer.from(datagram);
  if (bytes.length < LENGTH || !bytes.subarray(24, 32).equals(cookie)) return { kind: "foreign" };
  const [leap, version, mode] = [bytes.readUInt8(0) >> 6, (bytes.readUInt8(0) >> 3) & 7, bytes.readUInt8(0) & 7];
  const unusable = (reason: string): SntpAnswer => ({ kind: "unusable", reason });
  if (version !== VERSION && version !== VERSION - 1) return unusable(`it uses NTP version ${version}`);
  if (mode !== SERVER) return unusable(`it answers in mode ${mode}`);
  const stratum = bytes.readUInt8(1);
  if (stratum === 0) return { kind: "kiss", code: kissCode(bytes.subarray(12, 16)) };
  if (leap === NOT_SYNCHRONIZED || stratum > MAX_STRATUM) return unusable("it is not synchronized");
  const [receivedAt, sentAt] = [timeAt(bytes, 32), timeAt(bytes, 40)];
  if (receivedAt === null || sentAt === null) return unusable("its answer has no time");
  return { kind: "time", receivedAt, sentAt, stratum };
}

function kissCode(bytes: Buffer): string {
  const text = bytes.toString("latin1");
  return /^[A-Z]{4}$/.test(text) ? text : "unknown code";
}

/**
 * Null for the timestamp 0, which means that there is none. The first bit selects the era (RFC 4330 3): set until
 * 2036, clear from then to 2104. So the phone's own clock, which may be in 1970, is not needed.
 */
function timeAt(bytes: Buffer, at: number): number | null {
  const [seconds, fraction] = [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)];
  if (seconds === 0 && fraction === 0) return null;
  return (seconds >= 2 ** 31 ? ERA_0 : ERA_1) + seconds * 1000 + (fraction * 1000) / 2 ** 32;
}
