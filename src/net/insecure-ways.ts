/** Insecure connections: Basic without TLS, and a redirect from https to http. Refused, or logged as a warning. */
import { AgentError } from "../cwmp/errors.ts";
import type { Logger } from "../ports/logger.ts";
import { serverName } from "./failures.ts";

export interface InsecureWays {
  /** `url` asks for the password in the clear. Throws AgentError ACS_AUTHENTICATION where that is refused. */
  basic(url: URL): void;
  /** Throws AgentError ACS_REDIRECTS where a step down from TLS is refused. */
  redirect(from: URL, to: URL): void;
}

export interface InsecureWaysOptions {
  readonly refuse: boolean;
  readonly log: Pick<Logger, "warn">;
}

/** An ACS may name a new file server each time: then some are warned about once more. */
const MAX_REMEMBERED = 64;
const SETTING = "the setting tls.refuseInsecure";

export function createInsecureWays({ refuse, log }: InsecureWaysOptions): InsecureWays {
  const warned = new Set<string>();
  const warnOnce = (message: string): void => {
    if (warned.has(message)) return;
    if (warned.size >= MAX_REMEMBERED) warned.clear();
    warned.add(message);
    log.warn({}, `${message}: ${SETTING} would refuse that`);
  };
  return {
    basic(url) {
      if (url.protocol === "https:") return;
      const message = `${serverName(url)} asks for the password by Basic without TLS, which anyone on the network path can read`;
      if (refuse) throw new AgentError("ACS_AUTHENTICATION", `${message}: refused by ${SETTING}`);
      warnOnce(message);
    },
    redirect(from, to) {
      if (from.protocol !== "https:" || to.protocol === "https:") return;
      const message = `${serverName(from)} redirects from https to http, to ${serverName(to)}`;
      if (refuse) throw new AgentError("ACS_REDIRECTS", `${message}: refused by ${SETTING}`);
      warnOnce(message);
    },
  };
}
