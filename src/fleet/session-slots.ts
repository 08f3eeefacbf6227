import { AgentError } from "../cwmp/errors.ts";
import type { AcsConnection, AcsTransport } from "../ports/acs-transport.ts";

/** Sessions that may be open at once. Those beyond wait in the order they came. */
export interface SessionSlots {
  readonly open: number;
  readonly waiting: number;
  /** The transport whose sessions take their turn. */
  readonly transport: AcsTransport;
  /** Lets no more sessions begin, those that wait included. Resolves when none is open. */
  close(): Promise<void>;
}

export function createSessionSlots(transport: AcsTransport, limit: number): SessionSlots {
  /** Each may enter, or is refused with an error. */
  const waiting = new Set<(refusal: AgentError | null) => void>();
  let open = 0;
  let isClosed = false;
  let closed = (): void => {};
  const release = (): void => {
    const [next] = waiting;
    if (next === undefined) {
      open--;
      if (open === 0) closed();
      return;
    }
    waiting.delete(next);
    next(null);
  };
  /** Throws AgentError SESSION_ABORTED. */
  const acquire = (signal: AbortSignal): Promise<void> => {
    if (isClosed) return Promise.reject(noMoreSessions());
    if (open < limit) {
      open++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new AgentError("SESSION_ABORTED", "the session was broken off"));
      const abort = (): void => {
        waiting.delete(enter);
        reject(new AgentError("SESSION_ABORTED", "the session was broken off before its turn"));
      };
      const enter = (refusal: AgentError | null): void => {
        signal.removeEventListener("abort", abort);
        if (refusal === null) resolve();
        else reject(refusal);
      };
      waiting.add(enter);
      signal.addEventListener("abort", abort, { once: true });
    });
  };
  return {
    get open() {
      return open;
    },
    get waiting() {
      return waiting.size;
    },
    close() {
      isClosed = true;
      const refused = [...waiting];
      waiting.clear();
      for (const refuse of refused) refuse(noMoreSessions());
      return open === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            closed = resolve;
          });
    },
    transport: { open: (target, signal) => inTurn(() => transport.open(target, signal), signal, { acquire, release }) },
  };
}

function noMoreSessions(): AgentError {
  return new AgentError("SESSION_ABORTED", "the fleet is ending");
}

interface Turns {
  acquire(signal: AbortSignal): Promise<void>;
  release(): void;
}

/** A connection that is opened with its first message, once it has a turn. */
function inTurn(open: () => AcsConnection, signal: AbortSignal, { acquire, release }: Turns): AcsConnection {
  let connection: AcsConnection | null = null;
  let isClosed = false;
  const enter = async (): Promise<AcsConnection> => {
    await acquire(signal);
    if (isClosed || signal.aborted) {
      release();
      throw new AgentError("SESSION_ABORTED", "the session was broken off before its turn");
    }
    connection = open();
    return connection;
  };
  return {
    post: async (envelope, reader) => (connection ?? (await enter())).post(envelope, reader),
    async close(failure) {
      if (isClosed) return;
      isClosed = true;
      if (connection === null) return;
      try {
        await connection.close(failure);
      } finally {
        release();
      }
    },
    tookMs: () => connection?.tookMs?.() ?? 0,
  };
}
