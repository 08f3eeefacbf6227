import { isIPv4, isIPv6 } from "node:net";

const MAPPED_DOTTED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const MAPPED_HEX = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/i;

/**
 * The source of an address, for limits on strangers: an IPv4 address is one source, and so is all of
 * 127.0.0.0/8. An IPv6 user has a whole network of addresses: its first 64 bits count. IPv4 inside IPv6 counts as
 * IPv4. Anything else, such as a Unix socket, is its own source.
 */
export function sourceOf(address: string): string {
  const host = plainAddress(address);
  if (isIPv4(host)) return host.startsWith("127.") ? "127.0.0.0/8" : host;
  if (!isIPv6(host)) return host;
  const [head = "", tail] = host.split("::");
  const groups = (text: string): readonly string[] => (text === "" ? [] : text.split(":"));
  const [first, last] = [groups(head), groups(tail ?? "")];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const all = [...first, ...Array.from({ length: zeros }, () => "0"), ...last];
  return `${all.slice(0, 4).map(plainGroup).join(":")}::/64`;
}

/** Without a zone, and IPv4 inside IPv6 as IPv4. */
export function plainAddress(address: string): string {
  const host = address.split("%")[0] ?? "";
  const dotted = MAPPED_DOTTED.exec(host)?.[1];
  if (dotted !== undefined) return dotted;
  const [, high, low] = MAPPED_HEX.exec(host) ?? [];
  if (high === undefined || low === undefined) return host;
  const [upper, lower] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [upper >> 8, upper & 255, lower >> 8, lower & 255].join(".");
}

/** `0DB8` and `db8` are one. */
function plainGroup(group: string): string {
  return group.toLowerCase().replace(/^0+(?=.)/, "");
}
