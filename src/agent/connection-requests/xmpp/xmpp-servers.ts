import type { Random } from "../../../ports/random.ts";
import type { XmppServer } from "../../../ports/xmpp.ts";
import type { XmppRetryPolicy } from "./xmpp-settings.ts";

/** The order of servers to try: by priority, and at random by weight within a priority (RFC 2782). */
export function orderServers(servers: readonly XmppServer[], random: Random): readonly XmppServer[] {
  const waiting = servers.toSorted((a, b) => a.priority - b.priority);
  const ordered: XmppServer[] = [];
  for (;;) {
    const equals = waiting.filter(({ priority }) => priority === waiting[0]?.priority);
    const chosen = pickByWeight(equals, random);
    if (chosen === undefined) return ordered;
    ordered.push(chosen);
    waiting.splice(waiting.indexOf(chosen), 1);
  }
}

/** A server of weight 0 still has a small chance. */
function pickByWeight(servers: readonly XmppServer[], random: Random): XmppServer | undefined {
  const share = ({ weight }: XmppServer): number => Math.max(weight, 0.01);
  if (servers.length < 2) return servers[0];
  let left = random.between(
    0,
    servers.reduce((sum, server) => sum + share(server), 0),
  );
  return servers.find((server) => {
    left -= share(server);
    return left < 0;
  });
}

/** The wait after the n-th failure in a row, n from 1, in milliseconds (TR-069 Annex K, C-257). */
export function retryDelayMs(policy: XmppRetryPolicy, failures: number, random: Random): number {
  const grown = policy.initialSeconds * (policy.multiplier / 1000) ** (failures - 1);
  return random.between(0, Math.min(grown, policy.maximumSeconds) * 1000);
}
