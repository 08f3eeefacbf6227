import { AgentError } from "../cwmp/errors.ts";
import type { AcsConnection, AcsTransport } from "../ports/acs-transport.ts";
import { createPauses, type Pauses } from "./pauses.ts";

/** Sessions that may be open at once. Those beyond wait in the order they came. */
export interface SessionSlots {
  readonly open: number;
  readonly waiting: number;
  /** Phones that begin no session, and take no turn. */
  readonly pauses: Pauses;
  /** The transport whose sessions take their turn. */
  readonly transport: AcsTransport;
  /** Lets no more sessions begin, those that wait included. Resolves when none is open. */
  close(): Promise<void>;
}

export function createSessionSlots(transport: AcsTransport, limit: number): SessionSlots {
  const pauses = createPauses();
  const turns = createTurns(limit);
  const { release } = turns;
  const acquire = async (phone: string, signal: AbortSignal): Promise<void> => {
    await pauses.allowed(phone, signal);
    await turns.take(signal);
    // It was paused while it waited: its slot goes to another phone.
    while (pauses.isPaused(phone)) {
      release();
      await pauses.allowed(phone, signal);
      await turns.take(signal);
    }
  };
  return {
    pauses,
    get open() {
      return turns.open;
    },
    get waiting() {
      return turns.waiting;
    },
    close: () => turns.close(),
    transport: {
      open(target, signal) {
        const phone = target.caller?.phone ?? "";
        return inTurn(() => transport.open(target, signal), signal, { acquire: () => acquire(phone, signal), release });
      },
    },
  };
}

interface AllTurns extends Pick<SessionSlots, "open" | "waiting" | "close"> {
  /** Throws AgentError SESSION_ABORTED. */
  take(signal: AbortSignal): Promise<void>;
  release(): void;
}

function createTurns(limit: number): AllTurns {
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
  const take = (signal: AbortSignal): Promise<void> => {
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
    take,
    release,
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
  };
}

function noMoreSessions(): AgentError {
  return new AgentError("SESSION_ABORTED", "the fleet is ending");
}

interface Turns {
  acquire(): Promise<void>;
  release(): void;
}

/** A connection that is opened with its first message, once it has a turn. */
function inTurn(open: () => AcsConnection, signal: AbortSignal, { acquire, release }: Turns): AcsConnection {
  let connection: AcsConnection | null = null;
  let isClosed = false;
  const enter = async (): Promise<AcsConnection> => {
    await acquire();
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
