import {
  constantTimeEqual,
  type DigestAlgorithm,
  digestAlgorithm,
  digestResponse,
  formatAuthHeader,
  parseAuthHeader,
} from "../system/http-digest.ts";
import { headersOf, type SipHeader, type SipRequest } from "./message/message.ts";

/** Nonces that a server recognizes as its own, with their age. */
export interface NonceIssuer {
  issue(purpose: string): string;
  /** When it was issued, on the monotonic clock; null for one that is not ours. */
  issuedMs(purpose: string, nonce: string): number | null;
}

export interface AuthenticationOptions {
  readonly realm: string;
  readonly nonces: NonceIssuer;
  /** How long a nonce is good for. */
  readonly nonceSeconds: number;
  readonly nowMs: () => number;
  /** The password of a user; undefined: there is no such user. */
  readonly password: (user: string) => string | undefined;
}

/** `stale`: the password is right, the nonce too old. */
export type Authentication =
  | { readonly kind: "accepted"; readonly user: string }
  | { readonly kind: "none" | "wrong" | "stale" };

const PURPOSE = "sip";
/** In the order of RFC 8760: the one that is preferred first. */
const OFFERED: readonly DigestAlgorithm[] = ["SHA-256", "MD5"];

/** The challenges of a 401, one for each algorithm. */
export function challengeHeaders({ realm, nonces }: AuthenticationOptions, stale: boolean): readonly SipHeader[] {
  const nonce = nonces.issue(PURPOSE);
  return OFFERED.map((algorithm) => ({
    name: "WWW-Authenticate",
    value: formatAuthHeader("Digest", { realm, qop: "auth", nonce }, { algorithm, ...(stale && { stale: "true" }) }),
  }));
}

/** Authenticates a request (RFC 3261 22): everything is compared, for unknown users too. */
export function authenticate(request: SipRequest, options: AuthenticationOptions): Authentication {
  const given = headersOf(request, "Authorization")
    .map(parseAuthHeader)
    .find((header) => header?.scheme === "digest" && header.params.get("realm") === options.realm);
  if (given === undefined || given === null) return { kind: "none" };
  const param = (name: string): string => given.params.get(name) ?? "";
  const user = param("username");
  const password = options.password(user);
  const isRight = answersPassword(request, param, password ?? "");
  if (password === undefined || !isRight) return { kind: "wrong" };
  const issuedMs = options.nonces.issuedMs(PURPOSE, param("nonce"));
  const isFresh = issuedMs !== null && options.nowMs() - issuedMs < options.nonceSeconds * 1_000;
  return isFresh ? { kind: "accepted", user } : { kind: "stale" };
}

function answersPassword({ method, uri }: SipRequest, param: (name: string) => string, password: string): boolean {
  const algorithm = digestAlgorithm(param("algorithm"));
  const expected = digestResponse({
    algorithm: algorithm ?? "MD5",
    ...{ username: param("username"), realm: param("realm"), password, nonce: param("nonce"), nc: param("nc") },
    ...{ cnonce: param("cnonce"), qop: "auth", method, uri: param("uri") },
  });
  const isWhole = algorithm !== null && OFFERED.includes(algorithm) && param("qop") === "auth" && param("uri") === uri;
  return constantTimeEqual(param("response").toLowerCase(), expected) && isWhole;
}
