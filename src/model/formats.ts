import { isHost, isHostWithPort, isJabberId, isUrlOf, parseHttpUrl } from "../cwmp/addresses.ts";
import { TIME_ZONE_PATTERN } from "../cwmp/time-zone.ts";

/** A pattern with a name: `format:` in the data model. Each allows the empty text too: no value. */
export interface Format {
  /** In words, after "must be". */
  readonly allowed: string;
  /** Matches the whole value. */
  readonly pattern: RegExp;
  /** A small pattern for the usual values, if the whole pattern is large: compiling that takes 10 ms. */
  readonly usual?: RegExp;
  /** An additional check of what matches the pattern: whether the code that uses the value can read it. */
  readonly isUsable?: (text: string) => boolean;
}

export function wholeValue(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, "u");
}

/** The pattern as a person wrote it, without what `wholeValue` put around. */
export function patternText(pattern: RegExp): string {
  return pattern.source.slice("^(?:".length, -")$".length);
}

const BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const IPV4 = `${BYTE}(?:\\.${BYTE}){3}`;

/** RFC 4291 2.2 without a zone: eight groups, or fewer around one `::`; the last two groups may be an IPv4 address. */
function ipv6(): string {
  const group = "[0-9A-Fa-f]{1,4}";
  const tail = `(?:${group}:${group}|${IPV4})`;
  const forms = [`(?:${group}:){6}${tail}`];
  for (let before = 0; before <= 7; before += 1) {
    const head = before === 0 ? "" : `${group}(?::${group}){${before - 1}}`;
    const after = 7 - before;
    forms.push(after === 0 ? `${head}::` : `${head}::(?:${group}(?::${group}){0,${after - 1}})?`);
    if (after >= 2) forms.push(`${head}::(?:${group}:){0,${after - 2}}${IPV4}`);
  }
  return forms.map((form) => `(?:${form})`).join("|");
}

/** The netmasks of IPv4: ones, then zeros. */
function subnetMasks(): string {
  const part = "(?:0|128|192|224|240|248|252|254|255)";
  return [`${part}\\.0\\.0\\.0`, `255\\.${part}\\.0\\.0`, `255\\.255\\.${part}\\.0`, `255\\.255\\.255\\.${part}`].join(
    "|",
  );
}

const HOST = "(?:[A-Za-z0-9._~%-]+|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?";
const PATH = "(?:[/?#][^\\s]*)?";

function format(allowed: string, pattern: string, usual?: string): Format {
  const whole = { allowed, pattern: wholeValue(`(?:${pattern})?`) };
  return usual === undefined ? whole : { ...whole, usual: wholeValue(usual) };
}

/** A format that is checked by the code that uses the value, with a pattern for people and for other programs. */
function usable(allowed: string, pattern: string, isUsable: (text: string) => boolean): Format {
  return { ...format(allowed, pattern), isUsable };
}

const FILE_SCHEMES = ["http", "https", "ftp", "tftp"];
const HOST_NAME = "[^\\s/?#@%]+";

export const FORMATS: Readonly<Record<string, Format>> = {
  ipAddress: format("an IPv4 or IPv6 address or empty", `${IPV4}|${ipv6()}`, IPV4),
  subnetMask: format("an IPv4 netmask such as 255.255.255.0 or empty", subnetMasks()),
  macAddress: format("a MAC address such as 0C:11:05:00:00:01 or empty", "(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}"),
  httpUrl: usable(
    "an http or https URL with a host and a port that exist, or empty",
    `https?://${HOST}${PATH}`,
    (text) => parseHttpUrl(text) !== null,
  ),
  fileUrl: usable(
    "an http, https, ftp or tftp URL with a host and a port that exist, or empty",
    "(?:https?|ftp|tftp)://.+",
    (text) => isUrlOf(FILE_SCHEMES, text),
  ),
  host: usable("a host name or an IP address, without a port, or empty", HOST_NAME, isHost),
  hostWithPort: usable("a host name or an IP address, with or without a port, or empty", HOST_NAME, isHostWithPort),
  jabberId: usable("a Jabber ID such as acs@xmpp.example.com, or empty", "[^@/]*@?[^@/]+(?:/.*)?", isJabberId),
  featureCode: format("a code of digits, letters, *, # and + or empty", "[0-9A-Za-z*#+]*"),
  timeZone: format(
    "an offset such as +08:00, a POSIX time zone such as CET-1CEST or empty",
    TIME_ZONE_PATTERN,
    "UTC0|[+-](?:0[0-9]|1[0-4]):[0-5][0-9]",
  ),
};

/** The format that a compiled pattern came from, or null for a pattern of the data model's own. */
export function formatOf(pattern: RegExp): Format | null {
  return Object.values(FORMATS).find((known) => known.pattern === pattern) ?? null;
}
