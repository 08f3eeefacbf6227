/** One TCP connection at a time to one origin, whose deadlines are our own, on the Scheduler. */
import type { Socket } from "node:net";
import { Client } from "undici";
import { type AnswerHeads, readAnswerHeads } from "./answer-heads.ts";
import { type ConnectorOptions, createConnector } from "./connector.ts";

export interface HttpClientOptions extends Omit<ConnectorOptions, "opening"> {
  readonly origin: URL;
  /** How long an idle connection is kept; undici's few seconds where absent. */
  readonly idleMs?: number;
  /** A connection is being opened; `heads` reads the answers on it. */
  opening(socket: Socket, heads: AnswerHeads): void;
}

const MAX_HEADER_BYTES = 65_536;

export function createHttpClient({ origin, idleMs, ...options }: HttpClientOptions): Client {
  const connect = createConnector({
    ...options,
    opening: (socket) => options.opening(socket, readAnswerHeads(socket, MAX_HEADER_BYTES)),
  });
  return new Client(origin.origin, {
    connect,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: MAX_HEADER_BYTES,
    // The threshold is taken off the Keep-Alive time that the server announces: its end is the server's to bring about.
    ...(idleMs === undefined
      ? {}
      : { keepAliveTimeout: idleMs, keepAliveMaxTimeout: idleMs, keepAliveTimeoutThreshold: -idleMs }),
  });
}
