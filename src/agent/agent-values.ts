import type { AgentValues } from "../parameters/values.ts";
import type { AgentOptions } from "./options.ts";

/** What no setting and no live value of the phone says: who it is, and how it can be called. */
export function createAgentValues(
  { config, layouts }: Pick<AgentOptions, "config" | "layouts">,
  connectionRequestUrl: () => string,
): AgentValues {
  return (value) => {
    switch (value) {
      case "accounts":
        return String(layouts.accounts);
      case "connectionRequestUrl":
        return connectionRequestUrl();
      case "natDetected":
        return "false";
      case "udpConnectionRequestAddress":
        return "";
      default:
        return config.identity[value];
    }
  };
}
