/** Tells open pages that a session goes on (server-sent events), so that they fetch what is new. */
import type { SessionHistory } from "../../agent/core/session-history.ts";
import type { Scheduler, Timer } from "../../ports/clock.ts";
import type { SessionLog } from "../../ports/session-log.ts";

export interface LiveFeed {
  /** The body of an endless answer of type text/event-stream; null: there are too many already. */
  open(): ReadableStream<Uint8Array> | null;
  readonly clients: number;
}

export interface LiveFeedOptions {
  readonly sessions: Pick<SessionLog, "onRecord">;
  readonly history: Pick<SessionHistory, "onEnd">;
  readonly scheduler: Scheduler;
}

/** Maximum of live pages; others show a hint to reload by hand. */
export const MAX_LIVE_PAGES = 8;
/** The heartbeat of an idle connection, so that closed pages are noticed. */
const HEARTBEAT_MS = 15_000;
/** After so many the page has to ask again: its log-in is checked again, and no line stays open indefinitely. */
const MAX_HEARTBEATS = 40;
const RECONNECT_MS = 3000;

export function createLiveFeed({ sessions, history, scheduler }: LiveFeedOptions): LiveFeed {
  const clients = new Set<Client>();
  let unsubscribe: (() => void)[] = [];
  const tell = (session: number | null): void => {
    for (const client of clients) client.changed(session);
  };
  const left = (client: Client): void => {
    clients.delete(client);
    if (clients.size > 0) return;
    for (const end of unsubscribe) end();
    unsubscribe = [];
  };
  return {
    get clients() {
      return clients.size;
    },
    open() {
      if (clients.size >= MAX_LIVE_PAGES) return null;
      if (clients.size === 0) {
        unsubscribe = [sessions.onRecord(({ session }) => tell(session)), history.onEnd(() => tell(null))];
      }
      const client = new Client(scheduler, left);
      clients.add(client);
      return client.stream;
    },
  };
}

/**
 * Holds at most one pending message: events while the page does not read are combined into one. A page that reads
 * nothing between two heartbeats has gone away.
 */
class Client {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #left: (client: Client) => void;
  readonly #scheduler: Scheduler;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #unsaid = `retry: ${RECONNECT_MS}\n\n`;
  /** Set while the page waits for something to read. */
  #said: (() => void) | null = null;
  #heartbeats = 0;
  #timer: Timer;

  constructor(scheduler: Scheduler, left: (client: Client) => void) {
    this.#left = left;
    this.#scheduler = scheduler;
    this.#timer = this.#nextHeartbeat();
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () =>
          new Promise((resolve) => {
            this.#said = resolve;
            this.#say();
          }),
        cancel: () => this.#leave(),
      },
      { highWaterMark: 0 },
    );
  }

  changed(session: number | null): void {
    this.#unsaid = `event: session\ndata: ${session ?? ""}\n\n`;
    this.#say();
  }

  #say(): void {
    const said = this.#said;
    if (said === null || this.#unsaid === "") return;
    this.#controller?.enqueue(new TextEncoder().encode(this.#unsaid));
    this.#unsaid = "";
    this.#said = null;
    said();
  }

  #nextHeartbeat(): Timer {
    return this.#scheduler.after(HEARTBEAT_MS, "live page heartbeat", () => this.#heartbeat());
  }

  #heartbeat(): void {
    this.#heartbeats++;
    if (this.#unsaid !== "" || this.#heartbeats > MAX_HEARTBEATS) {
      this.#leave();
      this.#controller?.close();
      this.#said?.();
      return;
    }
    this.#unsaid = ":\n\n";
    this.#say();
    this.#timer = this.#nextHeartbeat();
  }

  #leave(): void {
    this.#timer.cancel();
    this.#left(this);
  }
}
