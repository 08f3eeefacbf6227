import type { Clock, Scheduler } from "../../ports/clock.ts";
import type { InternetAddress } from "../../ports/datagrams.ts";
import type { UdpEndpoint } from "../../ports/udp-connection-requests.ts";
import { type AttemptPolicy, createFailedAttempts } from "../../system/failed-attempts.ts";
import { type AttemptResult, createGuesses } from "../guesses.ts";
import { createRateLimit, type Rate, type RateLimit } from "../rate-limit.ts";
import type { RefusalLog } from "../refusal-log.ts";
import { checkUdpRequest } from "./check.ts";
import { parseUdpRequest, type UdpRequest } from "./request.ts";

/** Takes the datagrams of one phone's port that are no STUN. Answers nothing, ever (C-247). */
export interface UdpRequests {
  take(datagram: Uint8Array, from: InternetAddress): void;
  close(): void;
}

export interface UdpRequestsOptions {
  readonly endpoint: UdpEndpoint;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly rate: Rate;
  readonly refusals: Pick<RefusalLog, "add">;
  /** Hears of an accepted request before the endpoint does. */
  onAccepted(from: InternetAddress): void;
}

/**
 * A hundred wrong signatures are free, then there are twenty guesses a second. More than over HTTP, and for all together: the
 * sender of a datagram can be forged, so its address must not shut anybody out.
 */
const ATTEMPTS: AttemptPolicy = {
  free: 100,
  firstWaitMs: 50,
  maxWaitMs: 50,
  whole: { count: 100, eachMs: 50 },
};

export function createUdpRequests(options: UdpRequestsOptions): UdpRequests {
  const { clock, scheduler, rate, refusals } = options;
  const limit = createRateLimit(clock, rate);
  const guesses = createGuesses(createFailedAttempts(clock, ATTEMPTS), scheduler, () => "UDP");
  return {
    take(datagram, { host, port }) {
      const request = parseUdpRequest(datagram);
      if (request === null) return refusals.add("not a connection request", host);
      guesses.attempt({
        from: host,
        look: () => lookAt(request, { host, port }, options, limit),
        drop: () => refusals.add("too many requests", host),
      });
    },
    close: () => guesses.close(),
  };
}

function lookAt(
  request: UdpRequest,
  from: InternetAddress,
  { endpoint, clock, refusals, onAccepted }: UdpRequestsOptions,
  limit: RateLimit,
): AttemptResult {
  const verdict = checkUdpRequest(request, endpoint.credentials(), endpoint.accepted(), clock.now());
  if (verdict.kind === "copy") return "other";
  if (verdict.kind === "refused") {
    refusals.add(verdict.reason, from.host);
    return verdict.reason === "wrong credentials" ? "failed" : "other";
  }
  // Nothing is remembered of it: the same request may come again once the rate has fallen.
  if (!limit.open()) {
    refusals.add("too many requests", from.host);
    return "other";
  }
  limit.record();
  onAccepted(from);
  endpoint.requested(verdict.request);
  return "accepted";
}
