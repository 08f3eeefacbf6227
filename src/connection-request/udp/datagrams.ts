import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { InternetAddress } from "../../ports/datagrams.ts";
import type { UdpEndpoint } from "../../ports/udp-connection-requests.ts";
import { type AttemptPolicy, createFailedAttempts } from "../../system/failed-attempts.ts";
import { type AttemptResult, createGuesses } from "../guesses.ts";
import type { RateLimit } from "../rate-limit.ts";
import type { RefusalLog } from "../refusal-log.ts";
import { checkUdpRequest, isAddressedTo, type UdpVerdict } from "./check.ts";
import { parseUdpRequest, type UdpRequest } from "./request.ts";

/** Takes the datagrams of a port that are no STUN. Answers nothing, ever (C-247). */
export interface UdpRequests {
  take(datagram: Uint8Array, from: InternetAddress): void;
  close(): void;
}

/** A phone that is reached at the port, and how often it may be. */
export interface UdpPhone {
  readonly endpoint: UdpEndpoint;
  readonly limit: RateLimit;
}

export interface UdpRequestsOptions {
  /** Those at the port now. */
  readonly phones: ReadonlySet<UdpPhone>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly refusals: Pick<RefusalLog, "add">;
  /** Hears of an accepted request before the endpoint does. */
  onAccepted(from: InternetAddress): void;
}

/**
 * A hundred wrong signatures are free, then there are twenty guesses a second. More than over HTTP, and for all together: the
 * sender of a datagram can be forged, so an address must not lock others out.
 */
const ATTEMPTS: AttemptPolicy = {
  free: 100,
  firstWaitMs: 50,
  maxWaitMs: 50,
  whole: { count: 100, eachMs: 50 },
};

export function createUdpRequests(options: UdpRequestsOptions): UdpRequests {
  const { clock, scheduler, refusals } = options;
  const guesses = createGuesses(createFailedAttempts(clock, ATTEMPTS), scheduler, () => "UDP");
  return {
    take(datagram, { host, port }) {
      const request = parseUdpRequest(datagram);
      if (request === null) return refusals.add("not a connection request", host);
      guesses.attempt({
        from: host,
        look: () => lookAt(request, { host, port }, options),
        drop: () => refusals.add("too many requests", host),
      });
    },
    close: () => guesses.close(),
  };
}

function lookAt(request: UdpRequest, from: InternetAddress, options: UdpRequestsOptions): AttemptResult {
  const { refusals, onAccepted } = options;
  const judged = verdictOf(request, options);
  const { phone, verdict } = judged;
  if (verdict.kind === "copy") return "other";
  if (phone === null) {
    refusals.add(verdict.reason, from.host);
    return verdict.reason === "wrong credentials" ? "failed" : "other";
  }
  // Nothing is remembered of it: the same request may come again once the rate has fallen.
  if (!phone.limit.open()) {
    refusals.add("too many requests", from.host);
    return "other";
  }
  phone.limit.record();
  onAccepted(from);
  phone.endpoint.requested(verdict.request);
  return "accepted";
}

type Refused = Extract<UdpVerdict, { kind: "refused" }>;
type Judged =
  | { readonly phone: UdpPhone; readonly verdict: Exclude<UdpVerdict, Refused> }
  | { readonly phone: null; readonly verdict: Refused };

/** Of the phones that its user name means the first that takes it; of those that refuse it, a reason better than a wrong password. */
function verdictOf(request: UdpRequest, { phones, clock }: UdpRequestsOptions): Judged {
  let refused: Refused = { kind: "refused", reason: "wrong credentials" };
  for (const phone of phones) {
    const credentials = phone.endpoint.credentials();
    if (phones.size > 1 && !isAddressedTo(request, credentials.username)) continue;
    const verdict = checkUdpRequest(request, credentials, phone.endpoint.accepted(), clock.now());
    if (verdict.kind !== "refused") return { phone, verdict };
    if (verdict.reason !== "wrong credentials") refused = verdict;
  }
  return { phone: null, verdict: refused };
}
