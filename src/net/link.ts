/** The way to one origin: a single TCP connection at a time, opened again when the other side has closed it (C-009, C-010). */
import { once } from "node:events";
import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import type { Client } from "undici";
import type { AgentError } from "../cwmp/errors.ts";
import type { WireEvent } from "../ports/acs-transport.ts";
import { type AnswerLimits, createAnswerHandler, type HttpAnswer } from "./answer.ts";
import type { AnswerHeads } from "./answer-heads.ts";
import { tlsDetails } from "./connector.ts";
import { acsName, failureOf, isLost, isRefused, portOf, withTlsHint } from "./failures.ts";
import { createHttpClient } from "./http-client.ts";

export interface LinkOptions extends Omit<AnswerLimits, "peer"> {
  readonly origin: URL;
  readonly secureContext: () => SecureContext;
  readonly connectMs: number;
  observe(event: WireEvent): void;
}

export interface HttpRequest {
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

export interface Link {
  /** Number of the TCP connection that the next request will use, counted from 1. */
  connection(): number;
  /**
   * POSTs and answers with what came back, whatever its status. Null: the connection, which had served before, turned
   * out to be dead before a byte of the answer; the same again goes to a new one. Throws AgentError ACS_*.
   */
  exchange(request: HttpRequest, started: () => void): Promise<HttpAnswer | null>;
  /** Ends the connection at once; an exchange under way fails with `reason`. Never throws. */
  destroy(reason: AgentError | null): Promise<void>;
}

/** Longer than any session: a slow SetParameterValues must not cost the connection, whatever the ACS's Keep-Alive says. */
const IDLE_MS = 3_600_000;

/** The normal end of a link, to undici, which makes an error with its stack each time that it is given none: 2 % of a session. */
const LINK_ENDED = new Error("the session is over");

interface LinkState {
  socket: Socket | null;
  heads: AnswerHeads | null;
  connections: number;
  /** Requests that the present connection has taken. */
  requests: number;
  /** An answer has come over this or an earlier connection. */
  served: boolean;
  /** Why the present connection ends, when it is not the normal end. */
  failure: string | null;
}

export function createLink(options: LinkOptions): Link {
  const { origin } = options;
  const peer = acsName(origin);
  const state: LinkState = { socket: null, heads: null, connections: 0, requests: 0, served: false, failure: null };
  const client = createClient(options, peer, state);

  return {
    connection: () => (state.socket === null || state.socket.destroyed ? state.connections + 1 : state.connections),
    exchange: (request, started) =>
      new Promise((resolve, reject) => {
        const handler = createAnswerHandler(
          { ...options, peer },
          {
            started() {
              state.requests++;
              state.heads?.expectHead();
              started();
            },
            complete(answer) {
              state.served = true;
              resolve(answer);
            },
            failed(error, cause, answering) {
              const begun = answering || state.heads?.hasBegun() === true;
              if (state.requests > 1 && !begun && isLost(cause)) return resolve(null);
              const failure = begun || state.served ? error : withTlsHint(error, origin, cause);
              state.failure = failure.message;
              reject(failure);
              // At once: undici would open another connection for the request that it has just given up.
              client.destroy(failure).catch(() => {});
            },
          },
        );
        client.dispatch({ method: "POST", ...request }, handler);
      }),
    async destroy(reason) {
      if (reason !== null) state.failure = reason.message;
      const ended = client.destroy(reason ?? LINK_ENDED);
      // A connection that is still being opened is not undici's yet.
      state.socket?.destroy();
      await ended.catch(() => {});
      // Waiters for the end have been notified by then.
      if (state.socket !== null && !state.socket.closed) await once(state.socket, "close").catch(() => {});
    },
  };
}

function createClient(options: LinkOptions, peer: string, state: LinkState): Client {
  const { origin, secureContext, connectMs, scheduler, observe } = options;
  return createHttpClient({
    ...{ origin, secureContext, connectMs, scheduler, peer, idleMs: IDLE_MS },
    opening(socket, heads) {
      state.socket = socket;
      state.heads = heads;
      state.connections++;
      state.requests = 0;
      state.failure = null;
    },
    opened(socket) {
      observe({ kind: "connected", address: socket.remoteAddress ?? origin.hostname, port: portOf(origin) });
      const details = tlsDetails(socket);
      if (details !== null) observe({ kind: "secured", ...details });
    },
    closed(error) {
      const reason = error === null ? null : failureOf(error, peer).message;
      const unopened =
        error === null ? {} : { opened: false as const, ...(isRefused(error) ? { refused: true as const } : {}) };
      observe({ kind: "closed", error: state.failure ?? reason, ...unopened });
    },
  });
}
