import { createHash } from "node:crypto";

/** A `WWW-Authenticate: Digest` line, taken apart. */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  /** Empty: the answer of RFC 2069. */
  readonly qop: string;
  readonly algorithm: string;
  readonly stale: boolean;
}

export interface DigestAnswer {
  readonly username: string;
  readonly password: string;
  readonly uri: string;
  readonly challenge: Challenge;
  readonly method?: string;
  readonly nc?: string;
  readonly cnonce?: string;
  /** Named in the header; what is calculated follows `hash`. */
  readonly algorithm?: string;
  readonly hash?: "md5" | "sha256";
}

/** What an ACS does with a challenge; shares no code with what it tests. */
export function readChallenge(line: string): Challenge {
  const param = (name: string): string => new RegExp(`[ ,]${name}="?([^",]*)`).exec(line)?.[1] ?? "";
  return {
    realm: param("realm"),
    nonce: param("nonce"),
    qop: param("qop"),
    algorithm: param("algorithm"),
    stale: param("stale") === "true",
  };
}

/** The value of the `Authorization` header. */
export function answerChallenge(answer: DigestAnswer): string {
  const { username, password, uri, challenge, method = "GET", nc = "00000001", cnonce = "0a4f113b" } = answer;
  const { algorithm = challenge.algorithm } = answer;
  const { hash = algorithm === "SHA-256" ? "sha256" : "md5" } = answer;
  const h = (text: string): string => createHash(hash).update(text, "utf8").digest("hex");
  const { realm, nonce, qop } = challenge;
  const a1 = h(`${username}:${realm}:${password}`);
  const a2 = h(`${method}:${uri}`);
  const old = qop === "";
  const response = h(old ? `${a1}:${nonce}:${a2}` : `${a1}:${nonce}:${nc}:${cnonce}:${qop}:${a2}`);
  return (
    `Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}", algorithm=${algorithm}, ` +
    `${old ? "" : `qop=${qop}, nc=${nc}, cnonce="${cnonce}", `}response="${response}"`
  );
}
