import type { AcceptedRequest, UdpEndpoint } from "../../src/ports/udp-connection-requests.ts";

/** An endpoint's memory of accepted UDP connection requests, as the agent keeps it. `requested` hears of each. */
export function acceptedRequests(
  requested: (request: AcceptedRequest) => void = () => {},
): Pick<UdpEndpoint, "accepted" | "requested"> {
  const accepted: AcceptedRequest[] = [];
  return {
    accepted: () => ({ mark: accepted.at(-1) ?? null, signatures: accepted.map(({ sig }) => sig) }),
    requested(request) {
      accepted.push(request);
      requested(request);
    },
  };
}
