import type { ObservingSessionLog } from "../../net/session-log.ts";
import type { WireObserver } from "../../ports/acs-transport.ts";

/** The stored sessions of one phone. */
export interface WatchedPhone {
  readonly name: string;
  /** Its sessions since it is watched. */
  readonly sessions: ObservingSessionLog;
}

export interface WatchedPhonesOptions<D extends WatchedPhone> {
  /** Null: there is no such phone. */
  readonly open: (name: string) => D | null;
  /** 64 unless given. */
  readonly max?: number;
}

const MAX_WATCHED = 64;

/**
 * The sessions of ten thousand phones do not fit into memory, so they are kept for the phones that were viewed last.
 * While there is room, each phone that has a session is watched.
 */
export class WatchedPhones<D extends WatchedPhone> {
  readonly #options: WatchedPhonesOptions<D>;
  readonly #max: number;
  /** Those that were looked at least recently first. */
  readonly #watched = new Map<string, D>();
  /** Whose a running session is; a phone has one at a time. */
  readonly #bySession = new Map<number, D>();
  readonly #sessions = new Map<D, number>();

  constructor(options: WatchedPhonesOptions<D>) {
    this.#options = options;
    this.#max = options.max ?? MAX_WATCHED;
  }

  /** Sees the sessions of all phones. */
  readonly observe: WireObserver = (session, at, event, start) => {
    if (start?.phone !== undefined) this.#begin(session, start.phone);
    this.#bySession.get(session)?.sessions.observe(session, at, event, start);
  };

  /** Somebody looks at this phone. Null: there is none. */
  of(name: string): D | null {
    const watched = this.#watched.get(name) ?? this.#options.open(name);
    if (watched === null) return null;
    this.#watched.delete(name);
    this.#watched.set(name, watched);
    const [longestAgo] = this.#watched;
    if (this.#watched.size > this.#max && longestAgo !== undefined) this.#close(...longestAgo);
    return watched;
  }

  #close(name: string, watched: D): void {
    this.#watched.delete(name);
    this.#end(watched);
  }

  #begin(session: number, name: string): void {
    const watched = this.#watched.get(name) ?? (this.#watched.size < this.#max ? this.of(name) : null);
    if (watched === null) return;
    this.#end(watched);
    this.#sessions.set(watched, session);
    this.#bySession.set(session, watched);
  }

  #end(watched: D): void {
    const session = this.#sessions.get(watched);
    this.#sessions.delete(watched);
    if (session !== undefined) this.#bySession.delete(session);
  }
}
