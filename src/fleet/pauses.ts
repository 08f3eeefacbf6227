import { AgentError } from "../cwmp/errors.ts";

/** Which phones begin no session for now. Their reports to the ACS wait until they are resumed. */
export interface Pauses {
  /** Phones that are paused. */
  readonly size: number;
  isPaused(phone: string): boolean;
  pause(phones: Iterable<string>): void;
  resume(phones: Iterable<string>): void;
  /** Resolves as soon as the phone may begin a session. Throws AgentError SESSION_ABORTED where the signal comes before. */
  allowed(phone: string, signal: AbortSignal): Promise<void>;
}

export function createPauses(): Pauses {
  /** By phone: the sessions that wait for its end. */
  const paused = new Map<string, Set<() => void>>();
  const wait = (waiting: Set<() => void>, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const aborted = new AgentError("SESSION_ABORTED", "the session was broken off while its phone was paused");
      if (signal.aborted) return reject(aborted);
      const abort = (): void => {
        waiting.delete(goOn);
        reject(aborted);
      };
      const goOn = (): void => {
        signal.removeEventListener("abort", abort);
        resolve();
      };
      waiting.add(goOn);
      signal.addEventListener("abort", abort, { once: true });
    });
  return {
    get size() {
      return paused.size;
    },
    isPaused: (phone) => paused.has(phone),
    pause(phones) {
      for (const phone of phones) if (!paused.has(phone)) paused.set(phone, new Set());
    },
    resume(phones) {
      for (const phone of phones) {
        const waiting = paused.get(phone);
        paused.delete(phone);
        for (const goOn of waiting ?? []) goOn();
      }
    },
    async allowed(phone, signal) {
      // It may be paused again before its turn.
      for (let waiting = paused.get(phone); waiting !== undefined; waiting = paused.get(phone))
        await wait(waiting, signal);
    },
  };
}
