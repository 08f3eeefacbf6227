import type { Clock } from "../../ports/clock.ts";
import type { InternetAddress } from "../../ports/datagrams.ts";
import type { UdpEndpoint } from "../../ports/udp-connection-requests.ts";
import { createRateLimit, type Rate } from "../rate-limit.ts";
import type { RefusalLog } from "../refusal-log.ts";
import { checkUdpRequest } from "./check.ts";
import { parseUdpRequest } from "./request.ts";

/** Takes the datagrams of one phone's port that are no STUN. Answers nothing, ever (C-247). */
export interface UdpDoor {
  take(datagram: Uint8Array, from: InternetAddress): void;
}

export interface UdpDoorOptions {
  readonly endpoint: UdpEndpoint;
  readonly clock: Clock;
  readonly rate: Rate;
  readonly refusals: Pick<RefusalLog, "add">;
  /** Hears of an accepted request before the endpoint does. */
  onAccepted(from: InternetAddress): void;
}

export function createUdpDoor({ endpoint, clock, rate, refusals, onAccepted }: UdpDoorOptions): UdpDoor {
  const limit = createRateLimit(clock, rate);
  return {
    take(datagram, from) {
      const request = parseUdpRequest(datagram);
      if (request === null) return refusals.add("no connection request", from.host);
      const verdict = checkUdpRequest(request, endpoint.credentials(), endpoint.accepted(), clock.now());
      if (verdict.kind === "copy") return;
      if (verdict.kind === "refused") return refusals.add(verdict.reason, from.host);
      // Nothing is remembered of it: the same request may come again once the rate has fallen.
      if (!limit.open()) return refusals.add("too many requests", from.host);
      limit.record();
      onAccepted(from);
      endpoint.requested(verdict.request);
    },
  };
}
