import type { Clock } from "../../../ports/clock.ts";
import type { FailedAttempts } from "../../../ports/failed-attempts.ts";
import type { Hash } from "../../../ports/hash.ts";
import type { ConnectionRequestResult } from "../../../ports/meter.ts";
import type { Random } from "../../../ports/random.ts";
import type { XmppAnswer, XmppElement } from "../../../ports/xmpp.ts";

const NAMESPACE = "urn:broadband-forum-org:cwmp:xmppConnReq-1-0";
const MINUTE_MS = 60_000;
const SALT_BYTES = 16;

export interface XmppVerdict {
  readonly answer: XmppAnswer;
  readonly result: ConnectionRequestResult;
  /** For the log; null where the request was accepted. */
  readonly refused: string | null;
}

export interface RequestPolicy {
  /** Empty: everybody. */
  readonly allowedJabberIds: readonly string[];
  readonly credentials: { readonly username: string; readonly password: string };
}

/** Decides about connection requests over XMPP (TR-069 Annex K, C-253 to C-255). */
export type XmppGate = (from: string, element: XmppElement, policy: RequestPolicy) => XmppVerdict;

export function createXmppGate(ports: {
  readonly clock: Clock;
  readonly random: Random;
  readonly hash: Hash;
  readonly xmppAttempts?: FailedAttempts;
  /** Maximum of accepted requests in any minute. */
  readonly requestsPerMinute: number;
}): XmppGate {
  const { clock, hash, xmppAttempts: attempts, requestsPerMinute } = ports;
  const salt = [...ports.random.bytes(SALT_BYTES)].join(".");
  // Compares hashes under a random key, so that the duration reveals nothing about the texts (C-285).
  const same = (a: string, b: string): boolean => hash(salt, a) === hash(salt, b);
  const acceptedMs: number[] = [];
  return (from, element, { allowedJabberIds, credentials }) => {
    if (element.namespace !== NAMESPACE || element.name !== "connectionRequest")
      return refuse("service-unavailable", "malformed", "it is not a connection request");
    if (!isAllowed(from, allowedJabberIds))
      return refuse("service-unavailable", "not_allowed", "ConnReqAllowedJabberIDs does not list the sender");
    const given = credentialsIn(element);
    if (given === null) return refuse("bad-request", "malformed", "it does not hold one username and one password");
    if (credentials.username === "" || credentials.password === "")
      return refuse(
        "not-authorized",
        "not_configured",
        "ConnectionRequestUsername or ConnectionRequestPassword is empty",
      );
    const source = split(from).bare;
    if ((attempts?.waitMs(source) ?? 0) > 0)
      return refuse("service-unavailable", "limited", "too many requests with wrong credentials");
    const right = [same(given.username, credentials.username), same(given.password, credentials.password)];
    if (!right.every(Boolean)) {
      attempts?.failed(source);
      return refuse("not-authorized", "unauthorized", "wrong credentials");
    }
    attempts?.succeeded(source);
    const nowMs = clock.monotonic();
    while (acceptedMs[0] !== undefined && acceptedMs[0] <= nowMs - MINUTE_MS) acceptedMs.shift();
    if (acceptedMs.length >= requestsPerMinute) return refuse("service-unavailable", "limited", "too many requests");
    acceptedMs.push(nowMs);
    return { answer: "result", result: "accepted", refused: null };
  };
}

function refuse(answer: XmppAnswer, result: ConnectionRequestResult, refused: string): XmppVerdict {
  return { answer, result, refused };
}

function credentialsIn({ children }: XmppElement): { readonly username: string; readonly password: string } | null {
  const [username, password, ...more] = children;
  const known = children.every(({ namespace }) => namespace === NAMESPACE);
  if (!known || username?.name !== "username" || password?.name !== "password" || more.length > 0) return null;
  return { username: username.text, password: password.text };
}

/** A bare Jabber ID matches all of its resources, a full one only itself (C-254). */
export function isAllowed(from: string, allowed: readonly string[]): boolean {
  if (allowed.length === 0) return true;
  const sender = split(from);
  return allowed
    .map(split)
    .some(({ bare, resource }) => bare === sender.bare && (resource === null || resource === sender.resource));
}

/** Only the resource is case-sensitive (RFC 7622). */
function split(jabberId: string): { readonly bare: string; readonly resource: string | null } {
  const slash = jabberId.indexOf("/");
  return slash === -1
    ? { bare: jabberId.toLowerCase(), resource: null }
    : { bare: jabberId.slice(0, slash).toLowerCase(), resource: jabberId.slice(slash + 1) };
}
