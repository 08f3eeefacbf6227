import { AgentError, CwmpFault, isAgentError, messageOf } from "../cwmp/errors.ts";
import { ACS_RETRY_REQUEST, ACS_VERSION_INCOMPATIBLE } from "../cwmp/faults.ts";
import { type CwmpVersion, versionsUpTo } from "../cwmp/versions.ts";
import type { AcsAnswer, AcsConnection } from "../ports/acs-transport.ts";
import type { Clock, Scheduler } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Meter, MeteredFault } from "../ports/meter.ts";
import type { RpcContext } from "../rpc/context.ts";
import { dispatch, servedName } from "../rpc/dispatch.ts";
import { decodeResponse } from "../soap/decode.ts";
import { MessageReader } from "../soap/message-reader.ts";
import type { IncomingBody, IncomingEnvelope } from "../soap/messages.ts";
import { isAcsMethod, type RpcName } from "../soap/rpc-table.ts";
import {
  EMPTY_POST,
  faultMessage,
  mustUnderstandFault,
  type OutgoingMessage,
  type OutgoingRequest,
  requestMessage,
} from "./outgoing.ts";
import { FIRST_STEP, type SessionInput, type SessionStep, step } from "./step.ts";

/** How often the ACS may ask for the same request again before the session is given up (C-077 sets no bound). */
const MAX_REPEATS = 10;

/** In characters. Between the parts of the work on a larger message others get their turn: timers, connection requests. */
const LARGE_MESSAGE = 64 * 1024;

/** Beyond either the session has failed: an ACS must not hold the phone. */
export interface SessionLimits {
  /** RPCs of the ACS. */
  readonly maxRpcs: number;
  readonly maxMs: number;
}

export interface SessionOptions {
  readonly connection: AcsConnection;
  readonly inform: OutgoingRequest<"Inform">;
  /** Made after the Inform, before the first empty POST (C-073). */
  readonly requests: readonly OutgoingRequest[];
  readonly context: RpcContext;
  /** Host and port, for the log. */
  readonly acs: string;
  /** The version that the Inform offers at most. */
  readonly version: CwmpVersion;
  readonly limits: SessionLimits;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  readonly meter: Meter;
}

export interface SessionReport {
  /** RPCs of the ACS that were served. */
  readonly served: number;
  /** The ACS's clock at its last answer, milliseconds since 1970; null if it sent none. */
  readonly acsTimeMs: number | null;
}

/** Runs one whole session. Throws AgentError: the session was not successful (C-076). */
export async function runSession(options: SessionOptions): Promise<SessionReport> {
  return new Session(options).run();
}

class Session {
  readonly #options: SessionOptions;
  #queue: readonly OutgoingRequest[];
  #version: CwmpVersion;
  #sent: { readonly request: OutgoingRequest; readonly id: string; readonly message: OutgoingMessage } | null = null;
  readonly #reader = new MessageReader();
  #lastId = 0;
  #repeats = 0;
  #served = 0;
  readonly #startedMs: number;
  #hasWarnedOfId = false;
  /** Arguments that the ACS does not send, though the standard has them. */
  readonly #leftOut = new Set<string>();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#queue = [options.inform as OutgoingRequest, ...options.requests];
    this.#version = options.version;
    this.#startedMs = options.clock.monotonic();
  }

  async run(): Promise<SessionReport> {
    try {
      return await this.#exchanges();
    } finally {
      this.#tellLeftOut();
    }
  }

  #tellLeftOut(): void {
    if (this.#leftOut.size === 0) return;
    const leftOut = [...this.#leftOut];
    const { acs, log } = this.#options;
    log.info({ acs, leftOut }, `The ACS ${acs} leaves out ${leftOut.join(", ")}: read as empty, 0 or false`);
  }

  async #exchanges(): Promise<SessionReport> {
    let current: SessionStep = FIRST_STEP;
    let incoming: IncomingEnvelope | null = null;
    let acsTimeMs: number | null = null;
    while (current.effect !== "close") {
      const { body, timeMs } = await this.#post(await this.#outgoing(current, incoming));
      acsTimeMs = timeMs ?? null;
      this.#checkTime();
      const isLarge = body !== null && this.#isLarge(body);
      if (isLarge) await this.#othersTurn();
      incoming = body === null ? null : this.#reader.read(body);
      if (isLarge) await this.#othersTurn();
      current = step(current.state, await this.#input(incoming));
    }
    if (current.state.value === "ended" && current.state.problem !== null) {
      throw new AgentError("ACS_PROTOCOL", current.state.problem);
    }
    return { served: this.#served, acsTimeMs };
  }

  #post({ envelope, describe }: OutgoingMessage): Promise<AcsAnswer> {
    return this.#options.connection.post(envelope, {
      describeSent: describe,
      describeReceived: (body) => (this.#isLarge(body) ? null : this.#reader.describe(body)),
    });
  }

  #isLarge(body: string): boolean {
    return body.length > LARGE_MESSAGE;
  }

  #checkTime(): void {
    const { clock, limits } = this.#options;
    if (clock.monotonic() - this.#startedMs <= limits.maxMs) return;
    throw new AgentError("ACS_PROTOCOL", `the session has lasted more than ${limits.maxMs / 60_000} minutes`);
  }

  #othersTurn(): Promise<void> {
    return new Promise((resolve) => this.#options.scheduler.after(0, "large message", resolve));
  }

  async #outgoing({ effect }: SessionStep, incoming: IncomingEnvelope | null): Promise<OutgoingMessage> {
    switch (effect) {
      case "sendNext":
        return this.#sendNext();
      case "sendAgain":
        return this.#sent?.message ?? EMPTY_POST;
      case "serve":
        return incoming === null ? EMPTY_POST : this.#serve(incoming);
      default:
        return EMPTY_POST;
    }
  }

  #sendNext(): OutgoingMessage {
    const [request, ...others] = this.#queue;
    if (request === undefined) return EMPTY_POST;
    this.#queue = others;
    const id = String(++this.#lastId);
    const isInform = request.name === "Inform";
    const offersVersions = isInform && this.#options.version === "1.4";
    const supportedVersions = versionsUpTo(this.#options.version);
    const header = { id, version: this.#version, ...(offersVersions ? { supportedVersions } : {}) };
    const args = request.argsIn?.(this.#version) ?? request.args;
    const message = requestMessage(request.name, args, header);
    this.#sent = { request, id, message };
    this.#repeats = 0;
    return message;
  }

  async #serve(incoming: IncomingEnvelope): Promise<OutgoingMessage> {
    const { body, id } = incoming;
    const header = { id, version: this.#version };
    if (incoming.notUnderstood.length > 0) return mustUnderstandFault(header);
    if (body.kind !== "request") throw new AgentError("ACS_PROTOCOL", "there is no request to serve");
    const { maxRpcs } = this.#options.limits;
    if (++this.#served > maxRpcs)
      throw new AgentError("ACS_PROTOCOL", `the ACS makes more than ${maxRpcs} requests in one session`);
    const { context, clock, log, meter } = this.#options;
    const startMs = clock.monotonic();
    const served = (fault: MeteredFault | null): void => {
      const durationMs = clock.monotonic() - startMs;
      meter.rpcServed({ method: servedName(body.name), durationMs, fault });
      log.debug({ rpc: body.name, id, durationMs: Math.round(durationMs) }, `The ACS called ${body.name}`);
    };
    try {
      const answer = await dispatch(body, context, header, log, (argument) =>
        this.#leftOut.add(`${body.name}.${argument}`),
      );
      served(null);
      return answer;
    } catch (error) {
      if (!(error instanceof CwmpFault)) throw error;
      served(error);
      log.warn(
        { rpc: body.name, faultCode: error.faultCode },
        `Fault ${error.faultCode} for ${body.name}: ${error.message}`,
      );
      return faultMessage(error, header);
    }
  }

  async #input(incoming: IncomingEnvelope | null): Promise<SessionInput> {
    if (incoming === null) return this.#empty();
    const { body } = incoming;
    switch (body.kind) {
      case "request":
        return this.#sent === null ? { value: "request" } : interrupted(this.#sent.request.name);
      case "response":
        return this.#response(incoming, body);
      case "fault":
        return this.#fault(incoming, body);
    }
  }

  #empty(): SessionInput {
    // The Inform has a state of its own; any other request must be answered, too, for a session to end well (C-075).
    const unanswered = this.#sent?.request.name ?? "Inform";
    if (unanswered === "Inform") return { value: "empty", left: this.#queue.length };
    return { value: "broken", problem: `the ACS did not answer ${unanswered}` };
  }

  async #response(incoming: IncomingEnvelope, body: IncomingBody & { kind: "response" }): Promise<SessionInput> {
    const sent = this.#sent;
    if (sent === null || sent.request.name !== body.name) {
      return { value: "broken", problem: `the ACS sent a ${body.name}Response without a request` };
    }
    this.#noteId(incoming.id, sent);
    const problem = sent.request.name === "Inform" ? this.#takeVersion(incoming) : null;
    if (problem !== null) return { value: "broken", problem };
    this.#sent = null;
    this.#options.log.debug({ rpc: sent.request.name, id: sent.id }, `The ACS answered ${sent.request.name}`);
    await answer(sent.request, body);
    return { value: "answered", hold: incoming.holdRequests, left: this.#queue.length };
  }

  /** Only one request is outstanding at a time: its answer is the answer, whatever ID an ACS writes there. */
  #noteId(id: string | null, sent: { readonly request: OutgoingRequest; readonly id: string }): void {
    if (id === null || id.trim() === sent.id || this.#hasWarnedOfId) return;
    this.#hasWarnedOfId = true;
    const { acs, log } = this.#options;
    log.warn(
      { acs, rpc: sent.request.name, id: id.slice(0, 64), expected: sent.id },
      `The ACS ${acs} answers ${sent.request.name} with another cwmp:ID: the answer is accepted`,
    );
  }

  /** UseCWMPVersion, or else the namespace of the InformResponse, decides for the rest of the session (C-048, C-050). */
  #takeVersion({ useCwmpVersion, version }: IncomingEnvelope): string | null {
    const offered = versionsUpTo(this.#options.version);
    const chosen = offered.find((known) => known === (useCwmpVersion ?? version));
    if (chosen !== undefined) this.#version = chosen;
    this.#queue = this.#queue.filter(({ name }) => isAcsMethod(name, this.#version));
    // A newer namespace alone asks for nothing: many an ACS writes one fixed namespace whatever the CPE speaks.
    if (chosen !== undefined || useCwmpVersion === null) return null;
    return `the ACS requests CWMP ${useCwmpVersion.slice(0, 8)}, offered were ${offered.join(", ")}`;
  }

  #fault(incoming: IncomingEnvelope, body: IncomingBody & { kind: "fault" }): SessionInput {
    const sent = this.#sent;
    if (sent === null) return { value: "broken", problem: `the ACS sent fault ${body.faultCode} without a request` };
    this.#options.meter.acsFault(sent.request.name, body.faultCode);
    if (body.faultCode === ACS_RETRY_REQUEST && ++this.#repeats <= MAX_REPEATS) return { value: "again" };
    if (sent.request.name === "Inform") {
      if (body.faultCode === ACS_RETRY_REQUEST) {
        return { value: "broken", problem: `the ACS asked for the Inform more than ${MAX_REPEATS} times` };
      }
      const hint = body.faultCode === ACS_VERSION_INCOMPATIBLE ? " (its CWMP version does not fit)" : "";
      throw new AgentError("ACS_FAULT", `the ACS refused the Inform with fault ${body.faultCode}${hint}`);
    }
    this.#options.log.warn({ rpc: sent.request.name, faultCode: body.faultCode }, "The ACS answered with a fault");
    // Not delivered: it is made again in the next session, and no other of its kind in this one (C-078).
    this.#queue = [];
    this.#sent = null;
    sent.request.refused?.(body.faultCode);
    return { value: "answered", hold: incoming.holdRequests, left: 0 };
  }
}

function interrupted(name: RpcName): SessionInput {
  return { value: "broken", problem: `the ACS made a request before it had answered ${name}` };
}

async function answer(request: OutgoingRequest, body: IncomingBody & { kind: "response" }): Promise<void> {
  try {
    await request.answered(decodeResponse(request.name, body.element));
  } catch (error) {
    if (isAgentError(error)) throw error;
    throw new AgentError("SESSION_ABORTED", messageOf(error), { cause: error });
  }
}
