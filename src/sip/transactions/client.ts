import type { Scheduler } from "../../ports/clock.ts";
import type { SipFlow } from "../../ports/sip.ts";
import { headerOf, headersOf, NO_BODY, type SipHeader, type SipResponse } from "../message/message.ts";
import { type OutgoingMessage, writeMessage } from "../message/write.ts";
import { type ClientAction, type ClientInput, type ClientTimer, newClient, stepClient } from "./client-steps.ts";
import { TimerSet } from "./timer-set.ts";

export type OutgoingRequest = Extract<OutgoingMessage, { readonly kind: "request" }>;

export interface ClientHandler {
  /** Every provisional response, and the final one; of an INVITE each 2xx, repeats included. */
  response(response: SipResponse): void;
  /** No final response will come: timeout, or the connection has ended. */
  failed(reason: string): void;
}

export interface ClientParts {
  readonly scheduler: Scheduler;
  readonly flow: SipFlow;
  readonly handler: ClientHandler;
  /** Of the request's Via. */
  readonly branch: string;
  ended(): void;
}

/** Sends one request until it is answered. */
export class ClientTransaction {
  readonly request: OutgoingRequest;
  readonly #parts: ClientParts;
  readonly #timers: TimerSet<ClientTimer>;
  readonly #bytes: Uint8Array;
  #state: ReturnType<typeof newClient>;

  constructor(request: OutgoingRequest, parts: ClientParts) {
    this.request = request;
    this.#parts = parts;
    this.#timers = new TimerSet(parts.scheduler);
    this.#bytes = writeMessage(request);
    this.#state = newClient(request.method === "INVITE", parts.flow.protocol !== "UDP");
  }

  get flow(): SipFlow {
    return this.#parts.flow;
  }

  get branch(): string {
    return this.#parts.branch;
  }

  start(): void {
    this.#step({ kind: "start" });
  }

  received(response: SipResponse): void {
    this.#step({ kind: "response", status: response.status }, response);
  }

  cancelled(): void {
    this.#step({ kind: "cancelled" });
  }

  closed(reason: string): void {
    this.#step({ kind: "closed" }, null, reason);
  }

  /** The caller has gone: drops further results. */
  abandon(): void {
    this.#timers.stopAll();
    this.#parts.ended();
  }

  #step(input: ClientInput, response: SipResponse | null = null, reason = ""): void {
    const wasEnded = this.#state.name === "terminated";
    const { state, actions } = stepClient(this.#state, input);
    this.#state = state;
    if (state.name === "terminated" && !wasEnded) {
      this.#timers.stopAll();
      this.#parts.ended();
    }
    for (const action of actions) this.#perform(action, response, reason);
  }

  #perform(action: ClientAction, response: SipResponse | null, reason: string): void {
    const { flow, handler } = this.#parts;
    if (action.kind === "send") flow.send(this.#bytes);
    else if (action.kind === "start") this.#startTimer(action.timer, action.afterMs);
    else if (action.kind === "stop") this.#timers.stop(action.timer);
    else if (action.kind === "timeout") handler.failed("it does not answer");
    else if (action.kind === "failed") handler.failed(reason);
    else if (response !== null && action.kind === "deliver") handler.response(response);
    else if (response !== null) flow.send(writeMessage(acknowledgementOf(this.request, response)));
  }

  #startTimer(timer: ClientTimer, afterMs: number): void {
    this.#timers.start(timer, afterMs, () => this.#step({ kind: "timer", timer }));
  }
}

/** The ACK of a final response that is no 2xx: part of the INVITE's transaction (RFC 3261 17.1.1.3). */
function acknowledgementOf(request: OutgoingRequest, response: SipResponse): OutgoingRequest {
  const to = headerOf(response, "To");
  return { ...sameTransaction(request, "ACK", to === undefined ? {} : { To: to }), body: NO_BODY };
}

/** CANCEL for a request under way (RFC 3261 9.1). */
export function cancelOf(request: OutgoingRequest): OutgoingRequest {
  return sameTransaction(request, "CANCEL", {});
}

function sameTransaction(
  request: OutgoingRequest,
  method: string,
  changed: Readonly<Record<string, string>>,
): OutgoingRequest {
  const number = (headerOf({ ...request, fault: null }, "CSeq") ?? "").split(" ")[0];
  const kept = ["Via", "Max-Forwards", "Route", "From", "To", "Call-ID"].flatMap((name) =>
    headersOf({ ...request, fault: null }, name).map((value) => ({ name, value: changed[name] ?? value })),
  );
  const headers: SipHeader[] = [...kept, { name: "CSeq", value: `${number} ${method}` }];
  return { kind: "request", method, uri: request.uri, headers, body: NO_BODY };
}
