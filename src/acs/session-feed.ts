import { AcsError } from "./errors.ts";
import type { AcsSession } from "./events.ts";

/** Sessions that have ended, for those who wait for one. */
export interface SessionFeed extends AsyncIterable<AcsSession> {
  push(session: AcsSession): void;
  /** The first session, of those remembered or yet to come, that `predicate` holds for. Rejects with AcsError CLOSED. */
  waitFor(predicate: (session: AcsSession) => boolean): Promise<AcsSession>;
  close(): void;
}

/** Sessions hold whole parameter trees: only so many are kept for those who ask late. */
const REMEMBERED = 100;

interface Waiter {
  readonly predicate: (session: AcsSession) => boolean;
  resolve(session: AcsSession): void;
  reject(error: Error): void;
}

export function createSessionFeed(): SessionFeed {
  const remembered: AcsSession[] = [];
  const waiters = new Set<Waiter>();
  let closed = false;
  const waitFor = (predicate: Waiter["predicate"]): Promise<AcsSession> => {
    const known = remembered.find(predicate);
    if (known !== undefined) return Promise.resolve(known);
    if (closed) return Promise.reject(closedError());
    return new Promise((resolve, reject) => void waiters.add({ predicate, resolve, reject }));
  };
  return {
    waitFor,
    push(session) {
      remembered.push(session);
      if (remembered.length > REMEMBERED) remembered.shift();
      for (const waiter of [...waiters].filter(({ predicate }) => predicate(session))) {
        waiters.delete(waiter);
        waiter.resolve(session);
      }
    },
    close() {
      closed = true;
      for (const { reject } of waiters) reject(closedError());
      waiters.clear();
    },
    [Symbol.asyncIterator]: () => iterate(waitFor),
  };
}

/** Every session in the order in which they ended; comes to its end when the ACS closes. */
async function* iterate(waitFor: SessionFeed["waitFor"]): AsyncGenerator<AcsSession> {
  const seen = new WeakSet<AcsSession>();
  try {
    while (true) {
      const session = await waitFor((candidate) => !seen.has(candidate));
      seen.add(session);
      yield session;
    }
  } catch (error) {
    if (!(error instanceof AcsError && error.code === "CLOSED")) throw error;
  }
}

function closedError(): AcsError {
  return new AcsError("CLOSED", "the ACS was closed");
}
