import type { AcsConnection, AcsTarget, WireEvent, WireObserver, WireStart } from "../ports/acs-transport.ts";
import type { Clock } from "../ports/clock.ts";

export interface SessionWatch {
  observe(event: WireEvent): void;
  /** From the start of the session to the last event, in milliseconds: what its records say, and what the log is to say. */
  tookMs(): number;
  /** The connection, whose end is reported even if nothing was on the wire. */
  watched(connection: AcsConnection): AcsConnection;
}

/**
 * Tells an observer what happens in one session, with times that are counted from its start: a clock that is set meanwhile does
 * not show in them.
 */
export function watchSession(
  session: number,
  { events = [], caller }: Pick<AcsTarget, "events" | "caller">,
  clock: Clock,
  observer: WireObserver | undefined,
): SessionWatch {
  const startedMs = clock.monotonic();
  const start: WireStart = { at: clock.now(), events, ...(caller === undefined ? {} : { phone: caller.phone }) };
  let isFirst = true;
  let tookMs = 0;
  const observe = (event: WireEvent): void => {
    tookMs = Math.round(clock.monotonic() - startedMs);
    const at = start.at + tookMs;
    const of: Parameters<WireObserver> = isFirst ? [session, at, event, start] : [session, at, event];
    isFirst = false;
    observer?.(...of);
    caller?.observe?.(...of);
    isFirst = false;
  };
  return {
    observe,
    tookMs: () => tookMs,
    watched: (connection) => ({
      post: (...exchange) => connection.post(...exchange),
      async close(failure) {
        await connection.close();
        if (isFirst) observe({ kind: "closed", error: failure ?? null, opened: false });
      },
      tookMs: () => tookMs,
    }),
  };
}
