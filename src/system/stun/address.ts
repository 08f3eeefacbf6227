import { isIPv4, isIPv6, SocketAddress } from "node:net";
import type { InternetAddress } from "../../ports/datagrams.ts";
import { plainAddress } from "../request-source.ts";

const IPV4 = 1;
const IPV6 = 2;
const HEAD_BYTES = 4;
/** RFC 5389 6. */
const MAGIC_COOKIE = Buffer.from("2112a442", "hex");

/** The value of MAPPED-ADDRESS and its kin (RFC 3489 11.2.1; IPv6 as in RFC 5389 15.1). Throws RangeError for no IP address. */
export function encodeAddress({ host, port }: InternetAddress): Buffer {
  const address = addressBytes(host);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(address.length === 4 ? IPV4 : IPV6, 1);
  head.writeUInt16BE(port, 2);
  return Buffer.concat([head, address]);
}

/** Null for what is no address. */
export function decodeAddress(value: Uint8Array): InternetAddress | null {
  const bytes = Buffer.from(value);
  const length = bytes[1] === IPV4 ? 4 : bytes[1] === IPV6 ? 16 : 0;
  if (length === 0 || bytes.length !== HEAD_BYTES + length) return null;
  return { host: addressText(bytes.subarray(HEAD_BYTES)), port: bytes.readUInt16BE(2) };
}

/** The value of XOR-MAPPED-ADDRESS (RFC 5389 15.2), which some servers give in place of MAPPED-ADDRESS. */
export function decodeXorAddress(value: Uint8Array, transactionId: Uint8Array): InternetAddress | null {
  const mask = Buffer.concat([MAGIC_COOKIE, transactionId.subarray(4)]);
  const plain = Buffer.from(value);
  for (let at = HEAD_BYTES; at < plain.length; at++) plain[at] = (plain[at] ?? 0) ^ (mask[at - HEAD_BYTES] ?? 0);
  for (let at = 2; at < Math.min(HEAD_BYTES, plain.length); at++) plain[at] = (plain[at] ?? 0) ^ (mask[at - 2] ?? 0);
  return decodeAddress(plain);
}

/**
 * Whether a phone can be reached there: not where port or address is 0, nor at a multicast, a broadcast or a reserved address.
 * A loopback address counts for a phone that sends from one.
 */
export function isReachable({ host, port }: InternetAddress, source: string): boolean {
  const plain = plainAddress(host);
  if (port === 0 || /^0*:[0:]*$/.test(plain) || /^ff/i.test(plain)) return false;
  if (isLoopback(plain)) return isLoopback(plainAddress(source));
  const first = isIPv4(plain) ? Number(plain.split(".")[0]) : 1;
  return first > 0 && first < 224;
}

function isLoopback(host: string): boolean {
  return host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

export function sameAddress(one: InternetAddress | null, other: InternetAddress | null): boolean {
  return one?.host === other?.host && one?.port === other?.port;
}

function addressBytes(host: string): Buffer {
  if (isIPv4(host)) return Buffer.from(host.split(".").map(Number));
  if (!isIPv6(host) || host.includes("%")) throw new RangeError(`${host} is not an IP address`);
  const [before = "", after] = withoutDots(host).split("::");
  const [head, tail] = [groups(before), groups(after ?? "")];
  const zeros = new Array<string>(8 - head.length - tail.length).fill("0");
  return Buffer.from([...head, ...zeros, ...tail].map((group) => group.padStart(4, "0")).join(""), "hex");
}

function groups(text: string): string[] {
  return text === "" ? [] : text.split(":");
}

/** `::ffff:192.0.2.1` as `::ffff:c000:201`. */
function withoutDots(host: string): string {
  return host.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_dotted, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
}

function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join(".");
  const address = (bytes.toString("hex").match(/.{4}/g) ?? []).join(":");
  return new SocketAddress({ address, family: "ipv6" }).address;
}
