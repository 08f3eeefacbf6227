import { setImmediate, setTimeout } from "node:timers/promises";
import type { AgentErrorCode } from "../../src/cwmp/errors.ts";
import { isAgentError } from "../../src/cwmp/errors.ts";
import { type AcsTransportOptions, createAcsTransport } from "../../src/net/acs-transport.ts";
import type { AcsConnection, WireEvent } from "../../src/ports/acs-transport.ts";
import { createFakeTime, type FakeTime } from "./fake-time.ts";
import { createMemoryLogger, type MemoryLogger } from "./memory-logger.ts";
import { seededRandom } from "./seeded-random.ts";

/** The defaults of the settings. */
export const SESSION_LIMITS = {
  connectMs: 30_000,
  answerMs: 60_000,
  maxAnswerBytes: 524_288,
  refuseInsecure: false,
} as const;

export interface TestSession {
  readonly connection: AcsConnection;
  readonly time: FakeTime;
  readonly log: MemoryLogger;
  /** What the observer was told, in order. */
  readonly events: readonly WireEvent[];
  abort(): void;
}

export interface TestSessionOptions extends Partial<AcsTransportOptions> {
  readonly username?: string;
  readonly password?: string;
}

/** A session over the real transport, on fake time: its deadlines pass only when the test says so. */
export function openSession(url: string, options: TestSessionOptions = {}): TestSession {
  const { username = "phone", password = "s3cret", ...transportOptions } = options;
  const time = createFakeTime();
  const log = createMemoryLogger();
  const events: WireEvent[] = [];
  const aborting = new AbortController();
  const transport = createAcsTransport({
    tls: { minVersion: "TLSv1.2" },
    ...SESSION_LIMITS,
    clock: time.clock,
    scheduler: time.scheduler,
    random: seededRandom(),
    userAgent: "akuvox-cpe/test",
    observe: (_session, _at, event) => events.push(event),
    log,
    ...transportOptions,
  });
  const connection = transport.open({ url, username, password }, aborting.signal);
  return { connection, time, log, events, abort: () => aborting.abort() };
}

/** For `assert.rejects`: an AgentError with this code whose message matches. */
export function agentError(code: AgentErrorCode, message = /./) {
  return (error: unknown): boolean => isAgentError(error, code) && message.test(error.message);
}

/** Waits for something that sockets or processes bring about, however slow the machine is; the limit of a test ends it. */
export async function until(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    // Most come within a few turns of the loop; for others a processor is left to those who bring it about.
    if (turns < 100) await setImmediate();
    else await setTimeout(2);
  }
}
