/** Answers the challenges of one server with the phone's user name and password: Digest or Basic, as the server asks (C-021). */
import { AgentError } from "../cwmp/errors.ts";
import type { Random } from "../ports/random.ts";
import { chooseDigest, type DigestChallenge, digestCredentials, isStaleChallenge } from "../system/digest-client.ts";
import { parseAuthHeaders } from "../system/http-digest.ts";

export interface Authenticator {
  /**
   * The Authorization header of the next request, null before a challenge: nothing is sent unasked (C-025).
   *
   * @param uri path and query, exactly as requested.
   * @param connection number of the TCP connection: each gets a cnonce of its own (C-023).
   */
  authorization(uri: string, connection: number): string | null;
  /** A 401, with its WWW-Authenticate lines. Throws AgentError ACS_AUTHENTICATION when no other answer can help (C-027). */
  challenged(lines: readonly string[]): void;
  /** Any other status: the server has let us in. */
  accepted(): void;
}

export interface AuthenticatorOptions {
  readonly username: string;
  readonly password: string;
  readonly random: Random;
  /** The name of the peer, for error messages. */
  readonly peer: string;
  /** Called before the password is given by Basic; a throw keeps it. */
  readonly beforeBasic: () => void;
  /** HTTP method of the requests; POST unless given. */
  readonly method?: string;
}

type Challenge = ({ readonly scheme: "digest" } & DigestChallenge) | { readonly scheme: "basic" };

/** Challenges in a row that are answered, when each calls the nonce before it stale. */
const MAX_CHALLENGES = 4;

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { peer } = options;
  let challenge: Challenge | null = null;
  let answer = createDigestAnswer(options);
  /** 401s since the server last let us in. */
  let challenges = 0;

  return {
    authorization(uri, connection) {
      if (challenge === null) return null;
      return challenge.scheme === "basic" ? basicCredentials(options) : answer(challenge, uri, connection);
    },
    challenged(lines) {
      // Some servers ask once, and refuse with a bare 401.
      if (challenge !== null && parseAuthHeaders(lines.join(", ")).length === 0) throw refused(options);
      const next = chooseChallenge(lines, peer);
      challenges++;
      // An answer to an older nonce may fail for the nonce's sake; one to a challenge just received fails for its own.
      if (challenges > 1 && !isStale(next)) throw refused(options);
      if (challenges > MAX_CHALLENGES) throw denied(peer, "it keeps rejecting fresh nonces as stale");
      if (options.username === "" && options.password === "") {
        throw denied(
          peer,
          "it asks for a user name and password and none are set: ManagementServer.Username and Password",
        );
      }
      if (next.scheme === "basic") options.beforeBasic();
      if (nonceOf(challenge) !== nonceOf(next)) answer = createDigestAnswer(options);
      challenge = next;
    },
    accepted() {
      challenges = 0;
    },
  };
}

/** Prefers Digest to Basic and SHA-256 to MD5, whatever the server's order. */
function chooseChallenge(lines: readonly string[], peer: string): Challenge {
  const offered = parseAuthHeaders(lines.join(", "));
  const best = chooseDigest(offered);
  if (best !== null) return { scheme: "digest", ...best };
  if (offered.some(({ scheme }) => scheme === "basic")) return { scheme: "basic" };
  const names = offered.map(({ scheme }) => scheme).join(", ");
  throw denied(
    peer,
    `it offers neither Digest with MD5 or SHA-256 nor Basic, but ${names || "no authentication scheme"}`,
  );
}

/** Answers one nonce: counts its uses, and changes the cnonce with the connection. */
function createDigestAnswer({ username, password, random, method = "POST" }: AuthenticatorOptions) {
  let uses = 0;
  let cnonce = { connection: 0, value: "" };
  return (challenge: DigestChallenge, uri: string, connection: number): string => {
    if (cnonce.connection !== connection) {
      cnonce = { connection, value: Buffer.from(random.bytes(16)).toString("hex") };
    }
    const request = { username, password, method, uri, uses: ++uses, cnonce: cnonce.value };
    return headerBytes(digestCredentials(challenge, request));
  };
}

function basicCredentials({ username, password, peer }: AuthenticatorOptions): string {
  if (username.includes(":")) {
    throw denied(peer, "it asks for Basic, which cannot carry a user name with a colon (ManagementServer.Username)");
  }
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}

/** A header is written as Latin-1: so it carries the bytes of UTF-8. Control characters have no place in it. */
function headerBytes(text: string): string {
  return Buffer.from(text.replace(/[\u0000-\u001f\u007f]/g, ""), "utf8").toString("latin1");
}

function isStale(challenge: Challenge): boolean {
  return challenge.scheme === "digest" && isStaleChallenge(challenge);
}

function nonceOf(challenge: Challenge | null): string | undefined {
  return challenge?.scheme === "digest" ? challenge.params.get("nonce") : undefined;
}

function refused({ peer }: AuthenticatorOptions): AgentError {
  return denied(peer, "it does not accept the user name and password: check ManagementServer.Username and Password");
}

function denied(peer: string, reason: string): AgentError {
  return new AgentError("ACS_AUTHENTICATION", `${peer}: ${reason}`, { status: 401 });
}
