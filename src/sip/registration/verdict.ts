import { chooseDigest, type DigestChallenge, isStaleChallenge } from "../../system/digest-client.ts";
import { parseAuthHeaders } from "../../system/http-digest.ts";
import type { SipServer } from "../locate.ts";
import { headerOf, headersOf, listOf, type SipResponse } from "../message/message.ts";
import { reasonPhrase } from "../message/response.ts";
import { parseNameAddress, parseUri } from "../message/uri.ts";

/** The source of a challenge: the registrar itself (401), or a proxy (407). */
export type Challenger = "WWW-Authenticate" | "Proxy-Authenticate";

/** The challenges so far, in this try of one registrar. */
export interface Attempt {
  readonly contactLine: string;
  readonly askedSeconds: number;
  readonly hasPassword: boolean;
  /** Answered challenges, by source. */
  readonly answered: readonly Challenger[];
  readonly redirects: number;
}

/** The meaning of a final response to a REGISTER (RFC 3261 10.2). */
export type Verdict =
  | { readonly kind: "registered"; readonly expiresSeconds: number }
  | { readonly kind: "challenged"; readonly by: Challenger; readonly challenge: DigestChallenge }
  | { readonly kind: "tooBrief"; readonly minSeconds: number }
  | { readonly kind: "moved"; readonly to: SipServer }
  /** This server cannot help: the next one may. */
  | { readonly kind: "unavailable"; readonly reason: string; readonly retryAfterSeconds: number | null }
  /** No server will help while the settings are as they are. */
  | { readonly kind: "refused"; readonly reason: string; readonly retryAfterSeconds: number | null };

const MAX_CHALLENGES = 4;
const MAX_REDIRECTS = 3;
const MAX_EXPIRES_S = 86_400;
const MAX_REASON = 120;

/** Pure. */
export function judge(response: SipResponse, attempt: Attempt): Verdict {
  const { status } = response;
  if (status < 300) return registered(response, attempt);
  if (status < 400) return moved(response, attempt);
  if (status === 401) return challenged(response, "WWW-Authenticate", attempt);
  if (status === 407) return challenged(response, "Proxy-Authenticate", attempt);
  if (status === 423) return tooBrief(response, attempt);
  const kind = status === 408 || status === 430 || (status >= 500 && status < 600) ? "unavailable" : "refused";
  return { kind, reason: answerText(response), retryAfterSeconds: retryAfter(response) };
}

/** The registrar's answer, for people: `403 Forbidden`. */
export function answerText({ status, reason }: Pick<SipResponse, "status" | "reason">): string {
  return `${status} ${(reason === "" ? reasonPhrase(status) : reason).slice(0, MAX_REASON)}`.trim();
}

function registered(response: SipResponse, { contactLine, askedSeconds }: Attempt): Verdict {
  const contacts = listOf(response, "Contact").map(parseNameAddress);
  const own = contacts.find((contact) => parseUri(contact?.uri ?? "")?.params.get("line") === contactLine);
  if (own === undefined && contacts.length > 0) return refused("it does not list this phone among its contacts");
  const stated = own?.params.get("expires") ?? headerOf(response, "Expires") ?? "";
  const seconds = /^\d{1,10}$/.test(stated) ? Number(stated) : askedSeconds;
  if (seconds === 0) return refused("it grants a registration of 0 seconds");
  return { kind: "registered", expiresSeconds: Math.min(seconds, MAX_EXPIRES_S) };
}

function moved(response: SipResponse, { redirects }: Attempt): Verdict {
  if (redirects >= MAX_REDIRECTS) return refused(`${answerText(response)}: it redirects too often`);
  const [contact] = listOf(response, "Contact");
  const uri = parseUri(parseNameAddress(contact ?? "")?.uri ?? "");
  if (uri === null) return refused(`${answerText(response)}, without an address to use instead`);
  const named = uri.params.get("transport")?.toUpperCase();
  const protocol = uri.scheme === "sips" ? "TLS" : named === "UDP" || named === "TCP" || named === "TLS" ? named : null;
  return { kind: "moved", to: { host: uri.host, port: uri.port, protocol } };
}

function challenged(response: SipResponse, by: Challenger, { answered, hasPassword }: Attempt): Verdict {
  const answer = answerText(response);
  const challenge = chooseDigest(parseAuthHeaders(headersOf(response, by).join(", ")));
  if (challenge === null) return refused(`${answer}: it asks for no Digest with MD5 or SHA-256`);
  if (!hasPassword) return refused(`${answer}: it asks for a password, and none is set`);
  // A nonce of an earlier registration may be too old; one just received is not.
  if (answered.includes(by) && !isStaleChallenge(challenge)) {
    return refused(`${answer}: it does not accept the user name and password`);
  }
  if (answered.length >= MAX_CHALLENGES) return refused(`${answer}: it keeps rejecting fresh nonces as stale`);
  return { kind: "challenged", by, challenge };
}

function tooBrief(response: SipResponse, { askedSeconds }: Attempt): Verdict {
  const stated = headerOf(response, "Min-Expires") ?? "";
  const minSeconds = /^\d{1,9}$/.test(stated) ? Number(stated) : 0;
  const isUseful = minSeconds > askedSeconds && minSeconds <= MAX_EXPIRES_S;
  return isUseful ? { kind: "tooBrief", minSeconds } : refused(`${answerText(response)}, without a usable Min-Expires`);
}

function refused(reason: string): Verdict {
  return { kind: "refused", reason, retryAfterSeconds: null };
}

/** Seconds, however many; what follows them does not matter (RFC 3261 20.33). */
function retryAfter(response: SipResponse): number | null {
  const digits = /^(\d+)(?:[\s;(]|$)/.exec(headerOf(response, "Retry-After") ?? "")?.[1];
  return digits === undefined ? null : Number(digits);
}
