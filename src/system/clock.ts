import type { Clock } from "../ports/clock.ts";

/** This host's time. */
export function createSystemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    // Subtracted, not negated: UTC must give 0, not -0.
    offsetMinutes: (at) => 0 - new Date(at).getTimezoneOffset(),
  };
}
