import type { Random } from "../ports/random.ts";
import type { ServiceRecord, SipProtocol, SipResolver, SipTarget } from "../ports/sip.ts";

/** A server of the settings. */
export interface SipServer {
  /** A name, or an address without brackets. */
  readonly host: string;
  /** Null: by DNS, or the protocol's default. */
  readonly port: number | null;
  /** Null: what the DNS has services for, UDP first. */
  readonly protocol: SipProtocol | null;
}

/** More addresses of one server than that are not tried. */
const MAX_TARGETS = 8;
const SERVICES: readonly (readonly [string, SipProtocol])[] = [
  ["_sip._udp.", "UDP"],
  ["_sip._tcp.", "TCP"],
  ["_sips._tcp.", "TLS"],
];

/**
 * Where requests to a server go, in the order of trying (RFC 3263 4): an address is itself, a port means the addresses of the
 * name, else SRV records by priority and weight, or the addresses where there are none. NAPTR is not asked for. Addresses of one
 * name are tried IPv4 and IPv6 by turns: where one of the two does not work at all, the next try is the other one (RFC 8305 4).
 * Rejects with an Error that says why there is no address.
 */
export async function locate(server: SipServer, resolver: SipResolver, random: Random): Promise<readonly SipTarget[]> {
  const { host, port, protocol } = server;
  if (port === null && !isAddress(host)) {
    const found = await servicesOf(server, resolver);
    if (found !== null) return targetsOf(found.records, found.protocol, host, { resolver, random });
  }
  const chosen = protocol ?? "UDP";
  const addresses = isAddress(host) ? [host] : byTurns(await resolver.addresses(host));
  const target = { protocol: chosen, name: host, port: port ?? (chosen === "TLS" ? 5061 : 5060) };
  return addresses.slice(0, MAX_TARGETS).map((address) => ({ ...target, host: address }));
}

async function servicesOf({ host, protocol }: SipServer, resolver: SipResolver) {
  for (const [prefix, offered] of SERVICES) {
    if (protocol !== null && protocol !== offered) continue;
    const records = await resolver.services(`${prefix}${host}`);
    if (records.length > 0) return { records, protocol: offered };
  }
  return null;
}

interface Parts {
  readonly resolver: SipResolver;
  readonly random: Random;
}

async function targetsOf(
  records: readonly ServiceRecord[],
  protocol: SipProtocol,
  domain: string,
  { resolver, random }: Parts,
): Promise<readonly SipTarget[]> {
  const targets: SipTarget[] = [];
  let problem: unknown = new Error(`the DNS says that ${domain} has no SIP server`);
  for (const { name, port } of inOrder(records, random)) {
    if (targets.length >= MAX_TARGETS) break;
    // The root domain means that the service is not available (RFC 2782).
    if (name === "" || name === ".") continue;
    const addresses = await resolver.addresses(name).catch((error: unknown) => {
      problem = error;
      return [];
    });
    // The certificate is for the requested domain, not for the name in the DNS record (RFC 5922 4).
    targets.push(...byTurns(addresses).map((host) => ({ protocol, host, port, name: domain })));
  }
  if (targets.length === 0) throw problem;
  return targets.slice(0, MAX_TARGETS);
}

/** RFC 2782: lower priorities first; among equals one by one, by chance and weight. */
function inOrder(records: readonly ServiceRecord[], random: Random): readonly ServiceRecord[] {
  const left = [...records].sort((one, other) => one.priority - other.priority || one.weight - other.weight);
  const ordered: ServiceRecord[] = [];
  while (left.length > 0) {
    const equal = left.filter(({ priority }) => priority === left[0]?.priority);
    const chosen = byWeight(equal, random);
    left.splice(left.indexOf(chosen), 1);
    ordered.push(chosen);
  }
  return ordered;
}

function byWeight(records: readonly ServiceRecord[], random: Random): ServiceRecord {
  const [first, ...more] = records;
  if (first === undefined) throw new RangeError("no records");
  // A whole number: otherwise a weight of 0 has no chance at all, and of nothing but such weights the last one is chosen each time.
  const point = Math.floor(random.between(0, records.reduce((sum, { weight }) => sum + weight, 0) + 1));
  let sum = first.weight;
  let chosen = first;
  for (const record of more) {
    if (point <= sum) break;
    sum += record.weight;
    chosen = record;
  }
  return chosen;
}

/** The resolver's order within each kind; its first address stays the first. */
function byTurns(addresses: readonly string[]): readonly string[] {
  const isIpv6 = (address: string): boolean => address.includes(":");
  const [first = ""] = addresses;
  const same = addresses.filter((address) => isIpv6(address) === isIpv6(first));
  const other = addresses.filter((address) => isIpv6(address) !== isIpv6(first));
  const rounds = Array.from({ length: Math.max(same.length, other.length) }, (_, at) => [same[at], other[at]]);
  return rounds.flat().filter((address) => address !== undefined);
}

/** Dotted or with colons: no name for the DNS. */
function isAddress(host: string): boolean {
  return host.includes(":") || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host);
}
