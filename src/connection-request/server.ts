import type { IncomingMessage, ServerResponse } from "node:http";
import { AgentError } from "../cwmp/errors.ts";
import type { Clock, Scheduler } from "../ports/clock.ts";
import type {
  ConnectionRequestEndpoint,
  ConnectionRequestListener,
  ConnectionRequests,
} from "../ports/connection-requests.ts";
import type { Logger } from "../ports/logger.ts";
import { type ConnectionRequestResult, type Meter, NO_METER } from "../ports/meter.ts";
import type { Random } from "../ports/random.ts";
import { type AttemptPolicy, createFailedAttempts } from "../system/failed-attempts.ts";
import { type Answer, createGate, type Gate } from "./gate.ts";
import { type AttemptResult, createGuesses, type Guesses } from "./guesses.ts";
import { DEFAULT_LIMITS, type HttpLimits, openHttpListener } from "./http-listener.ts";
import type { Rate } from "./rate-limit.ts";
import { createRefusalLog, type RefusalLog } from "./refusal-log.ts";

export interface ConnectionRequestServerOptions {
  /** `0.0.0.0` or `::` for every address of this host. */
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Its bytes must be unpredictable. */
  readonly random: Random;
  readonly log: Logger;
  readonly meter?: Pick<Meter, "connectionRequest">;
  /** Accepted requests of one phone. */
  readonly perEndpoint: Rate;
  /** Of all together. */
  readonly whole: Rate;
  /**
   * Limits that slow password guessing down. Default: 10 wrong answers of one source, then one a second; of all 60,
   * then two a second.
   */
  readonly attempts?: AttemptPolicy;
  /** Default 300 000. */
  readonly nonceLifetimeMs?: number;
  readonly limits?: Partial<HttpLimits>;
}

/** The port stays open until `close`, which ends every connection, whatever endpoints there are. */
export interface ConnectionRequestServer extends ConnectionRequests {
  readonly port: number;
  close(): Promise<void>;
}

/** Ten failures are free, then one source has one guess a second; behind that stand sixty, and two a second, for all. */
export const CONNECTION_REQUEST_ATTEMPTS: AttemptPolicy = {
  free: 10,
  firstWaitMs: 1000,
  maxWaitMs: 1000,
  whole: { count: 60, eachMs: 500 },
};
const DEFAULT_NONCE_LIFETIME_MS = 300_000;
const EVERY_ADDRESS = ["0.0.0.0", "::"];

/**
 * The HTTP side of connection requests (TR-069 3.2.2): one port for many endpoints. Throws AgentError LISTEN.
 *
 * Answers 200 (accepted), 401 (Digest, MD5 and SHA-256), 403 (credentials not set), 404, 405, and 503 without Retry-After
 * (not now, or too many).
 */
export async function createConnectionRequestServer(
  options: ConnectionRequestServerOptions,
): Promise<ConnectionRequestServer> {
  const { address, port, clock, random, scheduler, log } = options;
  const { perEndpoint, whole, nonceLifetimeMs = DEFAULT_NONCE_LIFETIME_MS } = options;
  const gate = createGate({ clock, random, rate: { perEndpoint, whole }, nonceLifetimeMs });
  const { meter = NO_METER } = options;
  const count = (result: ConnectionRequestResult): void => meter.connectionRequest("http", result);
  const refusals = createRefusalLog(scheduler, log, count);
  const guesses = createGuesses(
    createFailedAttempts(clock, options.attempts ?? CONNECTION_REQUEST_ATTEMPTS),
    scheduler,
  );
  const listener = await openHttpListener({
    address,
    port,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    onRequest: (...exchange) => respond({ gate, guesses, refusals, log, count }, ...exchange),
    onDrop: (from) => refusals.add("too many connections", from),
    onError: (error) => log.error({ err: error }, "the connection request port has failed"),
  });
  return {
    port: listener.port,
    async listen(endpoint) {
      if (!gate.add(endpoint))
        throw new AgentError(
          "LISTEN",
          "two phones have the same connection request path; give each its own state folder",
        );
      const host = EVERY_ADDRESS.includes(listener.address) ? null : listener.address;
      return new EndpointListener(host, listener.port, gate, endpoint);
    },
    async close() {
      guesses.close();
      await listener.close();
      refusals.close();
    },
  };
}

class EndpointListener implements ConnectionRequestListener {
  readonly host: string | null;
  readonly port: number;
  readonly #gate: Gate;
  readonly #endpoint: ConnectionRequestEndpoint;

  constructor(host: string | null, port: number, gate: Gate, endpoint: ConnectionRequestEndpoint) {
    this.host = host;
    this.port = port;
    this.#gate = gate;
    this.#endpoint = endpoint;
  }

  async close(): Promise<void> {
    this.#gate.remove(this.#endpoint);
  }
}

interface Responder {
  readonly gate: Gate;
  readonly guesses: Guesses;
  readonly refusals: RefusalLog;
  readonly log: Logger;
  count(result: ConnectionRequestResult): void;
}

/** A request that answers a challenge is a guess, and may have to wait; others are answered at once. */
function respond(
  responder: Responder,
  request: IncomingMessage,
  response: ServerResponse,
  authenticated: () => void,
): void {
  const from = request.socket.remoteAddress ?? "";
  const look = (): AttemptResult => {
    if (request.socket.destroyed) return "other";
    const answer = decide(responder, request);
    if (answer.accepted !== null) authenticated();
    send(responder, response, answer, from);
    if (answer.accepted !== null) return "accepted";
    return answer.refused === "wrong credentials" ? "failed" : "other";
  };
  if (request.headers.authorization === undefined) look();
  else responder.guesses.attempt({ from, look, drop: () => send(responder, response, TOO_MANY, from) });
}

const TOO_MANY: Answer = { status: 503, headers: {}, refused: "too many requests", accepted: null };

function send(
  responder: Responder,
  response: ServerResponse,
  { status, headers, refused, accepted }: Answer,
  from: string,
): void {
  if (refused !== null) responder.refusals.add(refused, from);
  else responder.count(accepted === null ? "challenged" : "accepted");
  response.writeHead(status, { ...headers, "Content-Length": 0 });
  response.end(() => {
    if (accepted === null) return;
    const { phone } = accepted;
    responder.log.info({ from, ...(phone === undefined ? {} : { phone }) }, "a connection request was accepted");
    guard(responder.log, () => accepted.requested());
  });
}

function decide({ gate, log }: Responder, request: IncomingMessage): Answer {
  const authorization = request.headers.authorization;
  const answer = guard(log, () =>
    gate.answer({
      method: request.method ?? "",
      target: request.url ?? "",
      // node:http reads headers as Latin-1.
      authorization: authorization === undefined ? undefined : Buffer.from(authorization, "latin1").toString("utf8"),
    }),
  );
  return answer ?? { status: 503, headers: {}, refused: "internal error", accepted: null };
}

/** An exception of an endpoint must not end the process. */
function guard<T>(log: Logger, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    log.error({ err: error }, "a connection request failed");
    return undefined;
  }
}
