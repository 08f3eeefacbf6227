import type { AcsAnswer, AcsConnection } from "../../ports/acs-transport.ts";

/** The open sessions of phones that send messages in the sessions of each other. Other phones are never among them. */
export interface ForeignSessions {
  opened(owner: object, connection: AcsConnection): void;
  closed(owner: object): void;
  /** In the session of another one; null: there is none. */
  post(owner: object, envelope: string | null): Promise<AcsAnswer | null>;
  /** A connection has one message under way at a time, whoever it is from. */
  inTurn(owner: object, post: () => Promise<AcsAnswer>): Promise<AcsAnswer>;
}

interface OpenSession {
  readonly connection: AcsConnection;
  last: Promise<unknown>;
}

export function createForeignSessions(): ForeignSessions {
  const open = new Map<object, OpenSession>();
  const next = (session: OpenSession, post: () => Promise<AcsAnswer>): Promise<AcsAnswer> => {
    const answer = session.last.then(post);
    session.last = answer.catch(() => {});
    return answer;
  };
  return {
    opened: (owner, connection) => void open.set(owner, { connection, last: Promise.resolve() }),
    closed: (owner) => void open.delete(owner),
    async post(owner, envelope) {
      const other = [...open].find(([each]) => each !== owner)?.[1];
      return other === undefined ? null : next(other, () => other.connection.post(envelope));
    },
    inTurn(owner, post) {
      const own = open.get(owner);
      return own === undefined ? post() : next(own, post);
    },
  };
}
