import type { ObservingSessionLog } from "../../net/session-log.ts";
import type { WireObserver } from "../../ports/acs-transport.ts";

/** What is kept of one phone for those who look at it. */
export interface PhoneDesk {
  readonly name: string;
  /** Its sessions since it has a desk. */
  readonly sessions: ObservingSessionLog;
}

export interface PhoneDesksOptions<D extends PhoneDesk> {
  /** Null: there is no such phone. */
  readonly open: (name: string) => D | null;
  /** 64 unless given. */
  readonly max?: number;
}

const MAX_DESKS = 64;

/**
 * The sessions of ten thousand phones do not fit into memory, and nobody looks at them all: those are kept of the phones that were
 * looked at last. While there are fewer, each phone that has a session gets a desk.
 */
export class PhoneDesks<D extends PhoneDesk> {
  readonly #options: PhoneDesksOptions<D>;
  readonly #max: number;
  /** Those that were looked at least recently first. */
  readonly #desks = new Map<string, D>();
  /** Whose a running session is; a phone has one at a time. */
  readonly #bySession = new Map<number, D>();
  readonly #sessions = new Map<D, number>();

  constructor(options: PhoneDesksOptions<D>) {
    this.#options = options;
    this.#max = options.max ?? MAX_DESKS;
  }

  /** Sees the sessions of all phones. */
  readonly observe: WireObserver = (session, at, event, start) => {
    if (start?.phone !== undefined) this.#begin(session, start.phone);
    this.#bySession.get(session)?.sessions.observe(session, at, event, start);
  };

  /** Somebody looks at this phone. Null: there is none. */
  of(name: string): D | null {
    const desk = this.#desks.get(name) ?? this.#options.open(name);
    if (desk === null) return null;
    this.#desks.delete(name);
    this.#desks.set(name, desk);
    const [longestAgo] = this.#desks;
    if (this.#desks.size > this.#max && longestAgo !== undefined) this.#close(...longestAgo);
    return desk;
  }

  #close(name: string, desk: D): void {
    this.#desks.delete(name);
    this.#end(desk);
  }

  #begin(session: number, name: string): void {
    const desk = this.#desks.get(name) ?? (this.#desks.size < this.#max ? this.of(name) : null);
    if (desk === null) return;
    this.#end(desk);
    this.#sessions.set(desk, session);
    this.#bySession.set(session, desk);
  }

  #end(desk: D): void {
    const session = this.#sessions.get(desk);
    this.#sessions.delete(desk);
    if (session !== undefined) this.#bySession.delete(session);
  }
}
