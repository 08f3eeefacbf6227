import type { Clock } from "../ports/clock.ts";
import type { ConnectionRequestEndpoint } from "../ports/connection-requests.ts";
import type { Random } from "../ports/random.ts";
import { checkDigest, type DigestRequest, digestChallenges, targetOf, tokenOf } from "./digest-authenticator.ts";
import { createNonces } from "./nonces.ts";
import { createRateLimit, type Rate, type RateLimit } from "./rate-limit.ts";
import type { RefusalReason } from "./refusal-log.ts";
import { createUsedNonces, type UsedNonces } from "./used-nonces.ts";

/** What goes back to the ACS. Never with a body (C-217) and never with Retry-After (C-220, C-221). */
export interface Answer {
  readonly status: 200 | 401 | 403 | 404 | 405 | 503;
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Null where nothing is wrong: accepted, or the first step of the digest handshake. */
  readonly refused: RefusalReason | null;
  /** Called after the 200 was sent. */
  readonly accepted: ConnectionRequestEndpoint | null;
}

/** Decides about requests to the endpoints of one port; independent of sockets. */
export interface Gate {
  /** False when the token is taken. */
  add(endpoint: ConnectionRequestEndpoint): boolean;
  remove(endpoint: ConnectionRequestEndpoint): void;
  answer(request: DigestRequest): Answer;
}

export interface GateOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly rate: { readonly perEndpoint: Rate; readonly whole: Rate };
  readonly nonceLifetimeMs: number;
}

/** What an endpoint needs is made with its first request: most of a fleet's never have one. */
interface Registered {
  readonly endpoint: ConnectionRequestEndpoint;
  used: UsedNonces | null;
  rate: RateLimit | null;
}

/** Authenticated nonces that one endpoint remembers; an ACS takes a fresh one for nearly every request. */
const USED_NONCES = 64;

const refuse = (status: Answer["status"], refused: RefusalReason, headers: Answer["headers"] = {}): Answer => ({
  status,
  headers,
  refused,
  accepted: null,
});

export function createGate({ clock, random, rate, nonceLifetimeMs }: GateOptions): Gate {
  const all = new Map<string, Registered>();
  const nonces = createNonces(clock, random);
  const whole = createRateLimit(clock, rate.whole);

  /** By its own path, else by that of the URL a person has set, where no two phones of this port have the same. */
  const find = (target: string): Registered | undefined => {
    const token = tokenOf(target);
    const own = all.get(token);
    if (own !== undefined) return own;
    const named = [...all.values()].filter(({ endpoint }) => {
      const url = endpoint.cpeUrl();
      return url !== null && tokenOf(targetOf(url)) === token;
    });
    return named.length === 1 ? named[0] : undefined;
  };
  const challenge = ({ token }: ConnectionRequestEndpoint, refused: RefusalReason | null): Answer => {
    const stale = refused === "the nonce is too old or was used before";
    const headers = { "WWW-Authenticate": digestChallenges(nonces.issue(token), stale) };
    return { status: 401, headers, refused, accepted: null };
  };
  const admit = (registered: Registered): Answer => {
    if (!registered.endpoint.available()) return refuse(503, "the phone accepts no requests now");
    registered.rate ??= createRateLimit(clock, rate.perEndpoint);
    if (!registered.rate.open() || !whole.open()) return refuse(503, "too many requests");
    registered.rate.record();
    whole.record();
    return { status: 200, headers: {}, refused: null, accepted: registered.endpoint };
  };
  const enter = (registered: Registered, request: DigestRequest): Answer => {
    const { username, password } = registered.endpoint.credentials();
    // Not 401: that would invite an answer, and an empty password is no secret (C-285).
    if (username === "" || password === "")
      return refuse(403, "ConnectionRequestUsername or ConnectionRequestPassword is empty");
    registered.used ??= createUsedNonces({ clock, lifetimeMs: nonceLifetimeMs, limit: USED_NONCES });
    const verdict = checkDigest(request, registered.endpoint, nonces, registered.used);
    if (verdict === "accepted") return admit(registered);
    if (verdict === "stale") return challenge(registered.endpoint, "the nonce is too old or was used before");
    return challenge(registered.endpoint, verdict === "wrong" ? "wrong credentials" : null);
  };

  return {
    add(endpoint) {
      if (all.has(endpoint.token)) return false;
      all.set(endpoint.token, { endpoint, used: null, rate: null });
      return true;
    },
    remove(endpoint) {
      if (all.get(endpoint.token)?.endpoint === endpoint) all.delete(endpoint.token);
    },
    answer(request) {
      // Before the path: what another method is answered must not tell whether a path exists.
      if (request.method !== "GET") return refuse(405, "only GET is allowed", { Allow: "GET" });
      const registered = find(request.target);
      return registered === undefined ? refuse(404, "no such path") : enter(registered, request);
    },
  };
}
