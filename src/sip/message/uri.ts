import { splitOutside } from "./message.ts";

export interface SipUri {
  readonly scheme: "sip" | "sips";
  /** As it stands in the text, with its escapes; empty: none. */
  readonly user: string;
  /** In lower case; an IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number | null;
  /** Names in lower case; empty for a flag such as `lr`. */
  readonly params: ReadonlyMap<string, string>;
}

const URI =
  /^(sips?):(?:([^@\s<>"]*)@)?(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?((?:;[^?\s<>"]*)?)(?:\?[^\s<>"]*)?$/i;
const MAX_URI = 1024;

/** Null for another scheme, and for what is no URI. Headers of the URI (`?…`) are not kept; nor is a password. */
export function parseUri(text: string): SipUri | null {
  const [, scheme, userInfo = "", host = "", port, params = ""] = (text.length <= MAX_URI && URI.exec(text)) || [];
  if (scheme === undefined || (port !== undefined && !isPort(Number(port)))) return null;
  return {
    scheme: scheme.toLowerCase() === "sips" ? "sips" : "sip",
    user: userInfo.split(":")[0] ?? "",
    host: host.toLowerCase().replace(/^\[(.*)\]$/, "$1"),
    port: port === undefined ? null : Number(port),
    params: readParams(params.split(";").slice(1)),
  };
}

/** `sip:1001@pbx.example.com:5060`: the parts without parameters. */
export function uriText(user: string, host: string, port: number | null): string {
  return `sip:${user === "" ? "" : `${escapedUser(user)}@`}${hostText(host)}${port === null ? "" : `:${port}`}`;
}

/** A name or an address as it stands in a URI or before a port: an IPv6 address in brackets. */
export function hostText(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** `1.2.3.4:5060`, `[::1]:5060`. */
export function hostPort(host: string, port: number): string {
  return `${hostText(host)}:${port}`;
}

const PLAIN_USER = /^[A-Za-z0-9\-_.!~*'()&=+$,;?/]*$/;

/** A user part as RFC 3261 25.1 allows it; everything else is escaped. */
export function escapedUser(user: string): string {
  if (PLAIN_USER.test(user)) return user;
  const bytes = [...Buffer.from(user, "utf8")];
  return bytes
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return PLAIN_USER.test(character) ? character : `%${hex2(byte)}`;
    })
    .join("");
}

/** An address as From, To and Contact have it. */
export interface NameAddress {
  /** Without its quotes; empty: none. */
  readonly display: string;
  /** Between the angle brackets, or all before the first parameter. */
  readonly uri: string;
  /** Of the header: `tag`, `expires`. Names in lower case. */
  readonly params: ReadonlyMap<string, string>;
}

/** `"Ann" <sip:ann@example.com;lr>;tag=1`, or the same without name and brackets. Null where it cannot be read. */
export function parseNameAddress(text: string): NameAddress | null {
  const [first = "", ...params] = splitOutside(text, ";").map((part) => part.trim());
  const bracketed = /^(?:"((?:[^"\\]|\\.)*)"\s*|([^<>"]*))<([^<>"]*)>$/.exec(first);
  const bare = bracketed === null && /^[a-z][a-z0-9+.-]*:[^\s<>",?]*$/i.test(first);
  if (bracketed === null && !bare) return null;
  const [, quoted, plain = "", uri = first] = bracketed ?? [];
  return { display: quoted?.replace(/\\(.)/g, "$1") ?? plain.trim(), uri, params: readParams(params) };
}

/** The same as text; the name is quoted. */
export function nameAddressText(display: string, uri: string, params: Readonly<Record<string, string>> = {}): string {
  const name = display === "" ? "" : `"${display.replace(/["\\]/g, "\\$&")}" `;
  const rest = Object.entries(params).map(([key, value]) => (value === "" ? `;${key}` : `;${key}=${value}`));
  return `${name}<${uri}>${rest.join("")}`;
}

/** The first of two equal names counts. */
export function readParams(items: readonly string[]): ReadonlyMap<string, string> {
  const params = new Map<string, string>();
  for (const item of items) {
    const [name = "", ...value] = item.split("=");
    const key = name.trim().toLowerCase();
    if (key !== "" && !params.has(key))
      params.set(
        key,
        value
          .join("=")
          .trim()
          .replace(/^"(.*)"$/, "$1"),
      );
  }
  return params;
}

function isPort(port: number): boolean {
  return port >= 1 && port <= 65_535;
}

function hex2(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}
