import type { AcsTransport, WireObserver } from "../ports/acs-transport.ts";
import type { Clock, Scheduler } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Random } from "../ports/random.ts";
import { createAcsConnection } from "./acs-connection.ts";
import { secureContextOf, type TlsOptions } from "./connector.ts";
import { createInsecureWays } from "./insecure-ways.ts";
import { watchSession } from "./session-watch.ts";

export type { TlsOptions } from "./connector.ts";

export interface AcsTransportOptions {
  readonly tls: TlsOptions;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** For DNS, TCP and TLS together. */
  readonly connectMs: number;
  /** For the start of an answer, and once more for the rest of it; less than 30 s counts as 30 s (C-012). */
  readonly answerMs: number;
  /** An answer with a larger body fails the session. */
  readonly maxAnswerBytes: number;
  readonly userAgent: string;
  /** Whether Basic without TLS and a redirect from https to http are refused; else they are warned about. */
  readonly refuseInsecure: boolean;
  /** Must not throw. */
  readonly observe?: WireObserver;
  readonly log: Logger;
}

const MIN_ANSWER_MS = 30_000;

/**
 * The way to the ACS over HTTP/1.1 (TR-069 3.4). One transport serves any number of sessions at once; nothing passes from
 * one to another. Throws AgentError CONFIG when certificates or key cannot be used.
 */
export function createAcsTransport(options: AcsTransportOptions): AcsTransport {
  const { clock, scheduler, random, userAgent, observe, log, connectMs, maxAnswerBytes } = options;
  const secureContext = secureContextOf(options.tls);
  const answerMs = Math.max(options.answerMs, MIN_ANSWER_MS);
  const insecure = createInsecureWays({ refuse: options.refuseInsecure, log });
  let sessions = 0;
  return {
    open(target, signal) {
      const session = ++sessions;
      const watch = watchSession(session, target, clock, observe);
      const connection = createAcsConnection({
        target,
        signal,
        secureContext,
        clock,
        scheduler,
        random,
        connectMs,
        answerMs,
        maxAnswerBytes,
        userAgent,
        insecure,
        log: target.caller?.log ?? log,
        observe: (event) => watch.observe(event),
      });
      return watch.watched(connection);
    },
  };
}
