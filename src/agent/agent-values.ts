import type { AgentValues } from "../parameters/values.ts";
import type { AgentOptions } from "./options.ts";

/** What no setting and no live value of the phone says: who it is, and how it can be called. */
export function createAgentValues(
  { config, layouts }: Pick<AgentOptions, "config" | "layouts">,
  connectionRequestUrl: () => string,
  xmpp: AgentValues,
): AgentValues {
  return (value, instances) => {
    switch (value) {
      case "accounts":
        return String(layouts.accounts);
      case "connectionRequestUrl":
        return connectionRequestUrl();
      case "natDetected":
        return "false";
      case "udpConnectionRequestAddress":
        return "";
      case "xmppStatus":
      case "xmppJabberId":
      case "xmppTlsEstablished":
      case "xmppConnectionRequestJabberId":
        return xmpp(value, instances);
      default:
        return config.identity[value];
    }
  };
}
