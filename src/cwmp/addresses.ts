/**
 * Addresses as the phone itself uses them: what connects, looks up or fetches reads them here, and what accepts a value checks
 * it here. So no value is accepted that cannot be used. Empty texts are no addresses.
 */

const MAX_HOST = 253;
const LABEL = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/;

/** An http or https URL with a host and a port that can be connected to, user name and password allowed; or null. */
export function parseHttpUrl(text: string, base?: URL): URL | null {
  if (!URL.canParse(text, base?.href)) return null;
  const url = new URL(text, base);
  const isHttp = url.protocol === "http:" || url.protocol === "https:";
  return isHttp && isUsable(url) ? url : null;
}

/** An absolute URL of one of these schemes (such as `ftp`) with a host and a port that can be connected to. */
export function isUrlOf(schemes: readonly string[], text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return schemes.includes(url.protocol.slice(0, -1)) && isUsable(url);
}

/** A name for the DNS, an IPv4 address, or an IPv6 address with or without brackets. No port, no zone. */
export function isHost(text: string): boolean {
  if (/[\s/\\?#@%]/.test(text)) return false;
  const isIpv6 = /^[0-9A-Fa-f:.]+$/.test(text) && text.includes(":");
  const written = isIpv6 ? `[${text}]` : text;
  if (!written.startsWith("[") && written.includes(":")) return false;
  if (!URL.canParse(`http://${written}/`)) return false;
  // A URL takes `1.2.3` and `0x7f.1` for addresses; a person who writes them means another.
  return isHostOfUrl(new URL(`http://${written}/`)) && (!endsInNumber(written) || IPV4.test(written));
}

/** The same, or a host and a port: `ntp.example:123`, `[2001:db8::1]:123`. */
export function isHostWithPort(text: string): boolean {
  if (isHost(text)) return true;
  const [, host = "", port = ""] = /^(.+):([0-9]{1,5})$/.exec(text) ?? [];
  // Without brackets the last group of an IPv6 address would pass for a port.
  return (host.startsWith("[") || !host.includes(":")) && isHost(host) && isPort(port);
}

/** The host as it stands in a URL, or before a port: an IPv6 address in brackets. */
export function hostInUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** `user@domain`, `user@domain/resource`, or a domain alone (RFC 7622). */
export function isJabberId(text: string): boolean {
  const [, local, domain = "", resource] = /^(?:([^@/]*)@)?([^@/]+)(?:\/(.*))?$/s.exec(text) ?? [];
  if (local !== undefined && !/^[^\s"&':<>\p{Cc}]{1,1023}$/u.test(local)) return false;
  if (resource !== undefined && !/^[^\p{Cc}]{1,1023}$/u.test(resource)) return false;
  return isHost(domain);
}

function isUsable(url: URL): boolean {
  return isHostOfUrl(url) && (url.port === "" || isPort(url.port));
}

/** What the URL parser has found to be a host; the names among them are the DNS's business. */
function isHostOfUrl({ hostname }: URL): boolean {
  if (hostname.startsWith("[")) return true;
  const name = hostname.replace(/\.$/, "");
  if (name.length > MAX_HOST) return false;
  return endsInNumber(name) ? IPV4.test(name) : name.split(".").every((label) => LABEL.test(label));
}

function endsInNumber(name: string): boolean {
  return /(?:^|\.)(?:[0-9]+|0[xX][0-9A-Fa-f]*)\.?$/.test(name);
}

function isPort(text: string): boolean {
  return Number(text) >= 1 && Number(text) <= 65_535;
}
