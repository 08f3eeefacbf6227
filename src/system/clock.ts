import type { Clock } from "../ports/clock.ts";

/** How often the wall clock is compared with the monotonic one; only while there are listeners. */
const LOOK_MS = 5_000;
/** A clock that is only slewed moves less between two looks. */
const JUMP_MS = 1_000;

type Reading = Pick<Clock, "now" | "monotonic">;

/** This host's time. */
export function createSystemClock(): Clock {
  const reading: Reading = { now: () => Date.now(), monotonic: () => performance.now() };
  return {
    ...reading,
    // Subtracted, not negated: UTC must give 0, not -0.
    offsetMinutes: (at) => 0 - new Date(at).getTimezoneOffset(),
    onSet: watchSettings(reading),
  };
}

/** One timer for all listeners; it keeps no process alive. */
export function watchSettings({ now, monotonic }: Reading): Clock["onSet"] {
  const listeners = new Set<() => void>();
  const offset = (): number => now() - monotonic();
  let known = 0;
  let timer: NodeJS.Timeout | null = null;
  const look = (): void => {
    const found = offset();
    const isSet = Math.abs(found - known) >= JUMP_MS;
    known = found;
    if (isSet) for (const listener of [...listeners]) listener();
  };
  return (listener) => {
    if (timer === null) {
      known = offset();
      timer = setInterval(look, LOOK_MS).unref();
    }
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || timer === null) return;
      clearInterval(timer);
      timer = null;
    };
  };
}
