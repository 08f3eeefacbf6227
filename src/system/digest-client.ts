/** The client's side of Digest, for HTTP and SIP alike: which challenge is answered, and the credentials (RFC 7616). */
import {
  type AuthHeader,
  type DigestAlgorithm,
  digestAlgorithm,
  digestResponse,
  formatAuthHeader,
} from "./http-digest.ts";

export interface DigestChallenge {
  readonly algorithm: DigestAlgorithm;
  readonly params: ReadonlyMap<string, string>;
  /** Null: the answer of RFC 2069. */
  readonly qop: "auth" | null;
}

export interface DigestRequest {
  readonly username: string;
  readonly password: string;
  readonly method: string;
  /** Exactly as it stands in the request line. */
  readonly uri: string;
  /** How often the nonce has been used, this time included. */
  readonly uses: number;
  readonly cnonce: string;
}

/** The safest first. */
const PREFERENCE: readonly DigestAlgorithm[] = ["SHA-256", "SHA-256-sess", "MD5", "MD5-sess"];

/** The challenge to answer, whatever the server's order: SHA-256 before MD5. Null: none can be answered. */
export function chooseDigest(offered: readonly AuthHeader[]): DigestChallenge | null {
  const digests = offered.map(digestChallenge).filter((challenge) => challenge !== null);
  return PREFERENCE.flatMap((algorithm) => digests.filter((digest) => digest.algorithm === algorithm))[0] ?? null;
}

/** The server has refused the nonce, not the password. */
export function isStaleChallenge({ params }: DigestChallenge): boolean {
  return params.get("stale")?.toLowerCase() === "true";
}

/** An Authorization value as text. */
export function digestCredentials(challenge: DigestChallenge, request: DigestRequest): string {
  const { algorithm, params, qop } = challenge;
  const { username, password, method, uri, uses, cnonce } = request;
  const nc = uses.toString(16).padStart(8, "0");
  const [realm = "", nonce = ""] = [params.get("realm"), params.get("nonce")];
  const response = digestResponse({ algorithm, username, realm, password, nonce, nc, cnonce, qop, method, uri });
  const quoted: Record<string, string> = { username, realm, nonce, uri, response };
  if (qop !== null || algorithm.endsWith("-sess")) quoted.cnonce = cnonce;
  const opaque = params.get("opaque");
  if (opaque !== undefined) quoted.opaque = opaque;
  const bare: Record<string, string> = {};
  const asked = params.get("algorithm");
  if (asked !== undefined) bare.algorithm = asked;
  return formatAuthHeader("Digest", quoted, qop === null ? bare : Object.assign(bare, { qop, nc }));
}

function digestChallenge({ scheme, params }: AuthHeader): DigestChallenge | null {
  const algorithm = digestAlgorithm(params.get("algorithm"));
  if (scheme !== "digest" || algorithm === null || !params.has("nonce")) return null;
  const qops = (params.get("qop") ?? "")
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((qop) => qop !== "");
  if (qops.length > 0 && !qops.includes("auth")) return null;
  return { algorithm, params, qop: qops.length > 0 ? "auth" : null };
}
