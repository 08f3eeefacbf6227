/** Allowed hosts: names, names below a domain, addresses and networks. */
import { BlockList, isIP } from "node:net";

/** An address, `10.0.0.0/8`, `fd00::/8`, `files.example.com` or `*.example.com`, which does not include `example.com`. */
export function isHostRule(text: string): boolean {
  return networkOf(text) !== null || isNameRule(text);
}

/**
 * Whether one of the rules fits the `hostname` of a URL, an IPv6 address in brackets or without. A name fits by its text and is
 * not looked up: who lists a name trusts those who answer for it. An address fits rules of addresses alone.
 *
 * @throws RangeError for what {@link isHostRule} refuses
 */
export function hostFilter(rules: readonly string[]): (hostname: string) => boolean {
  const addresses = new BlockList();
  const names = new Set<string>();
  for (const rule of rules) {
    const network = networkOf(rule);
    if (network !== null) addresses.addSubnet(network.address, network.bits, network.family);
    else if (isNameRule(rule)) names.add(plainName(rule));
    else throw new RangeError(`${rule} is not a host`);
  }
  return (hostname) => {
    const host = plainName(hostname.replace(/^\[(.*)\]$/, "$1"));
    const kind = isIP(host);
    if (kind !== 0) return addresses.check(host, familyOf(kind));
    return names.has(host) || domainsAbove(host).some((domain) => names.has(`*.${domain}`));
  };
}

interface Network {
  readonly address: string;
  readonly bits: number;
  readonly family: "ipv4" | "ipv6";
}

function networkOf(text: string): Network | null {
  const [address = "", length, ...more] = text.split("/");
  const kind = isIP(address);
  if (kind === 0 || address.includes("%") || more.length > 0) return null;
  const most = kind === 4 ? 32 : 128;
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return null;
  const bits = length === undefined ? most : Number(length);
  return bits <= most ? { address, bits, family: familyOf(kind) } : null;
}

/** RFC 1123, with a last label that is not all digits: 10.0.0.300 is a mistake and no name. */
function isNameRule(text: string): boolean {
  const labels = plainName(text).replace(/^\*\./, "").split(".");
  const are = labels.every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label));
  return are && text.length <= 255 && !/^\d*$/.test(labels.at(-1) ?? "");
}

/** Case does not count in names, nor does the dot of the root at the end. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function domainsAbove(name: string): readonly string[] {
  const labels = name.split(".");
  return labels.slice(1).map((_label, at) => labels.slice(at + 1).join("."));
}

function familyOf(kind: number): "ipv4" | "ipv6" {
  return kind === 6 ? "ipv6" : "ipv4";
}

/** The name or address in a Host header, in lower case and without the port; null where there is none that could be one. */
export function hostOf(header: string | undefined): string | null {
  const match = /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9._-]{1,253}))(?::\d{1,5})?$/i.exec(header ?? "");
  return (match?.[1] ?? match?.[2])?.toLowerCase().replace(/\.$/, "") ?? null;
}

/** Addresses and `localhost` cannot be pointed at this host by the name server of a site (DNS rebinding). */
export function isFixedHost(host: string): boolean {
  return host === "localhost" || isIP(host) !== 0;
}
