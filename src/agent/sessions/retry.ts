import type { Random } from "../../ports/random.ts";
import type { RetryPolicy } from "../core/config.ts";

/** The table stops growing at the tenth retry (TR-069 3.2.1.1, Table 3). */
const LAST_ROW = 10;

/** The range of waits before retry `attempt` (1 for the first), in seconds: [m(k/1000)^(n-1), m(k/1000)^n]. */
export function retryRange(attempt: number, policy: RetryPolicy): readonly [low: number, high: number] {
  const row = Math.min(Math.max(attempt, 1), LAST_ROW);
  const factor = policy.intervalMultiplier / 1000;
  return [policy.minimumWaitSeconds * factor ** (row - 1), policy.minimumWaitSeconds * factor ** row];
}

/** A wait from that range, evenly spread, in milliseconds: phones that failed together do not come back together. */
export function retryDelayMs(attempt: number, policy: RetryPolicy, random: Random): number {
  const [low, high] = retryRange(attempt, policy);
  return Math.round(random.between(low, high) * 1000);
}
