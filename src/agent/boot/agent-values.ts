import type { AgentValues } from "../../parameters/values.ts";
import type { UdpRequests } from "../connection-requests/udp/udp-requests.ts";
import type { XmppFeature } from "../connection-requests/xmpp/xmpp.ts";
import type { AgentOptions } from "../core/options.ts";

/** The features that know the phone's connection request addresses. */
interface Reached {
  readonly follower: { readonly connectionRequestUrl: string };
  readonly udp: Pick<UdpRequests, "natDetected" | "address">;
  readonly xmpp: Pick<XmppFeature, "value">;
}

/** Values that the agent itself supplies: the phone's identity, and its connection request addresses. */
export interface OwnValues {
  readonly read: AgentValues;
  /** Until then connection requests cannot reach the phone. */
  answerWith(features: Reached): void;
}

export function agentValuesOf({ config, layouts }: Pick<AgentOptions, "config" | "layouts">): OwnValues {
  let reached: Reached | null = null;
  return {
    answerWith(features) {
      reached = features;
    },
    read(value, instances) {
      switch (value) {
        case "accounts":
          return String(layouts.accounts);
        case "connectionRequestUrl":
          return reached?.follower.connectionRequestUrl ?? "";
        case "natDetected":
          return String(reached?.udp.natDetected ?? false);
        case "udpConnectionRequestAddress":
          return reached?.udp.address ?? "";
        case "xmppStatus":
        case "xmppJabberId":
        case "xmppTlsEstablished":
        case "xmppConnectionRequestJabberId":
          return reached?.xmpp.value(value, instances) ?? "";
        default:
          return config.identity[value];
      }
    },
  };
}
