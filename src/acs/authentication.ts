import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import {
  type AuthHeader,
  constantTimeEqual,
  digestAlgorithm,
  digestResponse,
  formatAuthHeader,
  parseAuthHeader,
} from "../system/http-digest.ts";

/** User name → password. */
export type Users = ReadonlyMap<string, string>;

export type AcsAuthentication =
  | { readonly scheme: "none" }
  | { readonly scheme: "basic"; readonly users: Users }
  /** Offered in this order (RFC 7616 3.7: best first); both where nothing is said. */
  | { readonly scheme: "digest"; readonly users: Users; readonly algorithms?: readonly ("SHA-256" | "MD5")[] };

export interface AuthenticatedRequest {
  /** The Authorization header, undefined where there is none. */
  readonly authorization: string | undefined;
  readonly method: string;
  /** The request target as it stands in the request line. */
  readonly target: string;
}

/** `challenges` are the values of the WWW-Authenticate headers of a 401. */
export type Verdict =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly challenges: readonly string[]; readonly reason: string };

export interface Authenticator {
  check(request: AuthenticatedRequest): Verdict;
}

export const REALM = "akuvox-cpe ACS";
/** How long a nonce is good for. */
export const NONCE_LIFE_MS = 300_000;
const MAX_NONCES = 20_000;
const ACCEPTED: Verdict = { accepted: true };

export function createAuthenticator(
  authentication: AcsAuthentication,
  ports: { readonly clock: Clock; readonly random: Random },
): Authenticator {
  switch (authentication.scheme) {
    case "none":
      return { check: () => ACCEPTED };
    case "basic":
      return createBasic(authentication.users);
    case "digest":
      return createDigest(authentication.users, authentication.algorithms ?? ["SHA-256", "MD5"], ports);
  }
}

function createBasic(users: Users): Authenticator {
  const challenges = [formatAuthHeader("Basic", { realm: REALM, charset: "UTF-8" })];
  return {
    check({ authorization }) {
      const header = authorization === undefined ? null : parseAuthHeader(authorization);
      if (header?.scheme !== "basic") return { accepted: false, challenges, reason: "no credentials" };
      const text = Buffer.from(header.token68, "base64").toString("utf8");
      const colon = text.indexOf(":");
      const expected = users.get(text.slice(0, Math.max(colon, 0)));
      const right = expected !== undefined && colon >= 0 && constantTimeEqual(text.slice(colon + 1), expected);
      return right ? ACCEPTED : { accepted: false, challenges, reason: "wrong user name or password" };
    },
  };
}

interface Nonce {
  readonly expiresAt: number;
  lastCount: number;
}

function createDigest(
  users: Users,
  algorithms: readonly ("SHA-256" | "MD5")[],
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Authenticator {
  const nonces = new Map<string, Nonce>();
  const refuse = (reason: string, stale = false): Verdict => {
    const nonce = Buffer.from(random.bytes(16)).toString("hex");
    remember(nonces, nonce, { expiresAt: clock.monotonic() + NONCE_LIFE_MS, lastCount: 0 });
    return { accepted: false, challenges: algorithms.map((name) => challenge(name, nonce, stale)), reason };
  };
  return {
    check({ authorization, method, target }) {
      const header = authorization === undefined ? null : parseAuthHeader(authorization);
      if (header?.scheme !== "digest") return refuse("no credentials");
      const wrong = wrongDigest(header, users, algorithms, method, target);
      if (wrong !== null) return refuse(wrong);
      // The password is right; what is left to doubt is whether the answer is a fresh one.
      const nonce = nonces.get(header.params.get("nonce") ?? "");
      if (nonce === undefined || nonce.expiresAt <= clock.monotonic()) return refuse("the nonce has expired", true);
      const count = Number.parseInt(header.params.get("nc") ?? "", 16);
      if (!(count > nonce.lastCount)) return refuse("the nonce count did not increase: a replay", true);
      nonce.lastCount = count;
      return ACCEPTED;
    },
  };
}

function challenge(algorithm: string, nonce: string, stale: boolean): string {
  return formatAuthHeader(
    "Digest",
    { realm: REALM, qop: "auth", nonce },
    { algorithm, ...(stale ? { stale: "true" } : {}) },
  );
}

/** Forgets the oldest: a flood of requests without credentials must not fill the memory. */
function remember(nonces: Map<string, Nonce>, nonce: string, state: Nonce): void {
  if (nonces.size >= MAX_NONCES) {
    const [oldest] = nonces.keys();
    if (oldest !== undefined) nonces.delete(oldest);
  }
  nonces.set(nonce, state);
}

/** What is wrong with a digest answer, its freshness aside; null when nothing is. */
function wrongDigest(
  { params }: AuthHeader,
  users: Users,
  offered: readonly string[],
  method: string,
  target: string,
): string | null {
  const algorithm = digestAlgorithm(params.get("algorithm"));
  if (algorithm === null || !offered.includes(algorithm)) return "an algorithm that was not offered";
  if (params.get("qop") !== "auth") return "no qop=auth";
  if (params.get("realm") !== REALM) return "wrong realm";
  if (params.get("uri") !== target) return "the digest is for another URI";
  if (!/^[0-9a-fA-F]{8}$/.test(params.get("nc") ?? "")) return "no nonce count";
  const username = params.get("username") ?? "";
  const password = users.get(username);
  const expected = digestResponse({
    algorithm,
    username,
    realm: REALM,
    password: password ?? "",
    nonce: params.get("nonce") ?? "",
    nc: params.get("nc") ?? "",
    cnonce: params.get("cnonce") ?? "",
    qop: "auth",
    method,
    uri: target,
  });
  const right = constantTimeEqual((params.get("response") ?? "").toLowerCase(), expected);
  return right && password !== undefined ? null : "wrong user name or password";
}
