import type { ConnectionRequestEndpoint } from "../ports/connection-requests.ts";
import {
  constantTimeEqual,
  type DigestAlgorithm,
  digestAlgorithm,
  digestResponse,
  formatAuthHeader,
  parseAuthHeader,
} from "../system/http-digest.ts";
import type { Nonces } from "./nonces.ts";
import type { UsedNonces } from "./used-nonces.ts";

const REALM = "cpe";
/**
 * MD5 first: an ACS that reads one header line only is one that knows MD5 only. One that joins the lines and lets the last
 * value win (GenieACS) names SHA-256 and still calculates MD5: see `usedAlgorithm`.
 */
const OFFERED: readonly DigestAlgorithm[] = ["MD5", "SHA-256"];
const SHA_256_DIGITS = 64;
/** Counts from 1 (RFC 7616 3.4). */
const NONCE_COUNT = /^(?!0{8})[0-9a-f]{8}$/i;
/** The count that an answer without one is taken for: above every other, so that it uses up its nonce. */
const LAST_COUNT = Number.POSITIVE_INFINITY;

export interface DigestRequest {
  readonly method: string;
  /** The request target, as it stands in the request line. */
  readonly target: string;
  /** The `Authorization` header as UTF-8 text. */
  readonly authorization: string | undefined;
}

/** `stale`: the password is right, but the nonce is too old, used up or from before a restart. */
export type DigestVerdict = "accepted" | "none" | "wrong" | "stale";

/** The `WWW-Authenticate` lines of a 401: one nonce, and the same in all else but the algorithm. */
export function digestChallenges(nonce: string, stale: boolean): string[] {
  return OFFERED.map((algorithm) =>
    formatAuthHeader("Digest", { realm: REALM, qop: "auth", nonce }, { algorithm, ...(stale && { stale: "true" }) }),
  );
}

/**
 * Checks a request (C-212, C-215, C-285): Digest alone, everything compared even where the name is already wrong. Clients of
 * RFC 2069 send no qop, so no count either: theirs is accepted once per nonce (RFC 2617 3.2.2, docs/decisions/0040).
 */
export function checkDigest(
  request: DigestRequest,
  endpoint: Pick<ConnectionRequestEndpoint, "token" | "credentials" | "cpeUrl">,
  nonces: Nonces,
  used: UsedNonces,
): DigestVerdict {
  if (request.authorization === undefined) return "none";
  const given = parseAuthHeader(request.authorization);
  if (given?.scheme !== "digest") return "wrong";
  const param = (name: string): string => given.params.get(name) ?? "";
  if (!answersPassword(request, param, endpoint)) return "wrong";
  const issuedMs = nonces.issuedMs(endpoint.token, param("nonce"));
  if (issuedMs === null) return "stale";
  const count = param("qop") === "" ? LAST_COUNT : Number.parseInt(param("nc"), 16);
  return used.use(param("nonce"), issuedMs, count) ? "accepted" : "stale";
}

function answersPassword(
  { method, target }: DigestRequest,
  param: (name: string) => string,
  endpoint: Pick<ConnectionRequestEndpoint, "credentials" | "cpeUrl">,
): boolean {
  const { username, password } = endpoint.credentials();
  const [nonce, nc, cnonce, uri] = [param("nonce"), param("nc"), param("cnonce"), param("uri")];
  const response = param("response").toLowerCase();
  const algorithm = usedAlgorithm(param("algorithm"), response);
  const qop = param("qop") === "" ? null : "auth";
  const expected = digestResponse({
    algorithm: algorithm ?? "MD5",
    username,
    realm: REALM,
    password,
    nonce,
    nc,
    cnonce,
    qop,
    method,
    uri,
  });
  const checks = [
    constantTimeEqual(param("username"), username),
    constantTimeEqual(response, expected),
    constantTimeEqual(param("realm"), REALM),
    isTargetOf(originForm(uri), originForm(target), endpoint.cpeUrl()),
    qop === null || (param("qop") === qop && NONCE_COUNT.test(nc) && cnonce !== ""),
    algorithm !== null,
  ];
  return checks.every(Boolean);
}

/** A proxy that changes the path leaves `uri` as the ACS wrote it: then it is the CPE URL's. */
function isTargetOf(uri: string, target: string, cpeUrl: string | null): boolean {
  return uri === target || (cpeUrl !== null && uri === targetOf(cpeUrl));
}

/** Null for an algorithm that was not offered. The length of the answer tells what a client that mixed up the two lines did. */
function usedAlgorithm(claimed: string, response: string): DigestAlgorithm | null {
  const algorithm = digestAlgorithm(claimed);
  if (algorithm === "SHA-256") return response.length === SHA_256_DIGITS ? "SHA-256" : "MD5";
  return algorithm === "MD5" ? "MD5" : null;
}

/** The path and query of a request target; a proxy may have sent it with `http://host:port` before (RFC 9112 3.2.2). */
export function originForm(target: string): string {
  return target.replace(/^http:\/\/[^/?]*/i, "");
}

/** Path and query of a URL as an HTTP client sends them; empty for a text that is none. */
export function targetOf(url: string): string {
  if (!URL.canParse(url)) return "";
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
}

/** The path without its leading slash and without the query. */
export function tokenOf(target: string): string {
  const path = originForm(target).replace(/[?#].*$/s, "");
  return path.startsWith("/") ? path.slice(1) : path;
}
