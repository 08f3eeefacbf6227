import type { AgentValues } from "../parameters/values.ts";
import type { AgentOptions } from "./options.ts";
import type { UdpRequests } from "./udp-requests.ts";

/** What no setting and no live value of the phone says: who it is, and how it can be called. */
export function createAgentValues(
  { config, layouts }: Pick<AgentOptions, "config" | "layouts">,
  reached: {
    readonly connectionRequestUrl: () => string;
    /** Null before the phone has booted. */
    readonly udp: () => Pick<UdpRequests, "natDetected" | "address"> | null;
    readonly xmpp: AgentValues;
  },
): AgentValues {
  return (value, instances) => {
    switch (value) {
      case "accounts":
        return String(layouts.accounts);
      case "connectionRequestUrl":
        return reached.connectionRequestUrl();
      case "natDetected":
        return String(reached.udp()?.natDetected ?? false);
      case "udpConnectionRequestAddress":
        return reached.udp()?.address ?? "";
      case "xmppStatus":
      case "xmppJabberId":
      case "xmppTlsEstablished":
      case "xmppConnectionRequestJabberId":
        return reached.xmpp(value, instances);
      default:
        return config.identity[value];
    }
  };
}
