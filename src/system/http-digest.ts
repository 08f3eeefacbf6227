/**
 * HTTP authentication, the part that client and server share: the header syntax (RFC 7235) and the digest arithmetic
 * (RFC 7616, with RFC 2069 where no qop is given). Header text is taken as text: whoever reads one from `node:http` or
 * undici turns it from Latin-1 into UTF-8 first where names may be other than ASCII.
 */
import { hash, timingSafeEqual } from "node:crypto";

export const DIGEST_ALGORITHMS = ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess"] as const;
export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number];

/** One challenge or one set of credentials. Scheme and parameter names are in lower case, values without their quotes. */
export interface AuthHeader {
  readonly scheme: string;
  /** What Basic and Negotiate carry instead of parameters; empty where there is none. */
  readonly token68: string;
  readonly params: ReadonlyMap<string, string>;
}

export interface DigestInput {
  readonly algorithm: DigestAlgorithm;
  readonly username: string;
  readonly realm: string;
  readonly password: string;
  readonly nonce: string;
  /** Eight hexadecimal digits, as sent. Not used without qop. */
  readonly nc: string;
  readonly cnonce: string;
  /** Null: the answer of RFC 2069. */
  readonly qop: "auth" | null;
  readonly method: string;
  /** Exactly as it stands in the header and in the request line. */
  readonly uri: string;
}

/** The name as the standard writes it; MD5 where none is given (RFC 7616 3.3); null for an unknown one. */
export function digestAlgorithm(name: string | undefined): DigestAlgorithm | null {
  if (name === undefined || name === "") return "MD5";
  return DIGEST_ALGORITHMS.find((known) => known.toLowerCase() === name.toLowerCase()) ?? null;
}

/** H() of RFC 7616: lower-case hexadecimal of the UTF-8 bytes. */
export function digestHash(algorithm: DigestAlgorithm, text: string): string {
  return hash(algorithm.startsWith("MD5") ? "md5" : "sha256", text, "hex");
}

/** The `response` parameter (RFC 7616 3.4.1). */
export function digestResponse(input: DigestInput): string {
  const { algorithm, nonce, nc, cnonce, qop } = input;
  const of = (...parts: string[]) => digestHash(algorithm, parts.join(":"));
  const password = of(input.username, input.realm, input.password);
  const a1 = algorithm.endsWith("-sess") ? of(password, nonce, cnonce) : password;
  const a2 = of(input.method, input.uri);
  return qop === null ? of(a1, nonce, a2) : of(a1, nonce, nc, cnonce, qop, a2);
}

/** Compares two texts in constant time, also if their lengths differ (C-285). */
export function constantTimeEqual(a: string, b: string): boolean {
  const fingerprint = (text: string) => hash("sha256", text, "buffer");
  return timingSafeEqual(fingerprint(a), fingerprint(b));
}

/** Writes a challenge or credentials: `quoted` parameters first, then the `bare` ones (algorithm, nc, stale, a chosen qop). */
export function formatAuthHeader(
  scheme: string,
  quoted: Readonly<Record<string, string>>,
  bare: Readonly<Record<string, string>> = {},
): string {
  const params: string[] = [];
  for (const name in quoted) params.push(`${name}="${(quoted[name] ?? "").replace(/["\\]/g, "\\$&")}"`);
  for (const name in bare) params.push(`${name}=${bare[name]}`);
  return `${scheme} ${params.join(", ")}`;
}

/** The first challenge or credentials in a header line; null where there is none. For `Authorization` headers. */
export function parseAuthHeader(text: string): AuthHeader | null {
  return parseAuthHeaders(text)[0] ?? null;
}

const SEPARATORS = /[\s,]*/y;
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const QUOTED = /"((?:[^"\\]|\\[\s\S])*)"?/y;
const UNQUOTED = /[^\s,]*/y;
const TOKEN68 = /[ \t]+([A-Za-z0-9\-._~+/]+=*)(?=[ \t]*(?:,|$))/y;
const GARBAGE = /[^,]*/y;

/**
 * All challenges in a `WWW-Authenticate` value; several header lines may be joined with commas. Lenient: what makes no
 * sense is skipped, the first of two equal parameters counts, and values may stand without quotes. Linear in the length.
 */
export function parseAuthHeaders(text: string): readonly AuthHeader[] {
  const found: { scheme: string; token68: string; params: Map<string, string> }[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  for (take(SEPARATORS); at < text.length; take(SEPARATORS)) {
    const name = take(TOKEN)?.[0].toLowerCase();
    const current = found.at(-1);
    if (name === undefined) {
      take(GARBAGE);
    } else if (current !== undefined && take(EQUALS)) {
      const quoted = take(QUOTED)?.[1];
      const value = quoted === undefined ? (take(UNQUOTED)?.[0] ?? "") : quoted.replace(/\\([\s\S])/g, "$1");
      if (!current.params.has(name)) current.params.set(name, value);
    } else if (current?.params.has("qop") && /^auth(-int)?$/.test(name)) {
      // A list that should have been quoted: qop=auth,auth-int
      current.params.set("qop", `${current.params.get("qop")},${name}`);
    } else {
      found.push({ scheme: name, token68: take(TOKEN68)?.[1] ?? "", params: new Map() });
    }
  }
  return found;
}
