import type { Scheduler } from "../../ports/clock.ts";
import type { SipFlow } from "../../ports/sip.ts";
import type { SipRequest } from "../message/message.ts";
import { newServer, type ServerInput, type ServerTimer, stepServer } from "./server-steps.ts";
import { TimerSet } from "./timer-set.ts";

export interface ServerParts {
  readonly scheduler: Scheduler;
  readonly flow: SipFlow;
  ended(): void;
}

/** Answers one request reliably, despite lost datagrams. */
export class ServerTransaction {
  readonly request: SipRequest;
  readonly flow: SipFlow;
  readonly #timers: TimerSet<ServerTimer>;
  readonly #ended: () => void;
  #state: ReturnType<typeof newServer>;
  #last: Uint8Array | null = null;

  constructor(request: SipRequest, { scheduler, flow, ended }: ServerParts) {
    this.request = request;
    this.flow = flow;
    this.#timers = new TimerSet(scheduler);
    this.#ended = ended;
    this.#state = newServer(request.method === "INVITE", flow.protocol !== "UDP");
  }

  /** A final answer is out. */
  get isAnswered(): boolean {
    return this.#state.name !== "proceeding";
  }

  /** It waits for nothing but repetitions, of a request that may well be served twice: every method but INVITE. */
  get isRepeatable(): boolean {
    return this.isAnswered && !this.#state.isInvite;
  }

  /** Does nothing once a final answer is out. */
  answer(status: number, bytes: Uint8Array): void {
    if (this.isAnswered) return;
    this.#last = bytes;
    this.#step({ kind: "answer", status });
  }

  repeated(): void {
    this.#step({ kind: "repeated" });
  }

  acknowledged(): void {
    this.#step({ kind: "acknowledged" });
  }

  /** The program stops. */
  abandon(): void {
    this.#timers.stopAll();
    this.#ended();
  }

  #step(input: ServerInput): void {
    const wasEnded = this.#state.name === "terminated";
    const { state, actions } = stepServer(this.#state, input);
    this.#state = state;
    for (const action of actions) {
      if (action.kind === "send") this.#send();
      else if (action.kind === "stop") this.#timers.stop(action.timer);
      else {
        const { timer, afterMs } = action;
        this.#timers.start(timer, afterMs, () => this.#step({ kind: "timer", timer }));
      }
    }
    if (state.name === "terminated" && !wasEnded) this.abandon();
  }

  #send(): void {
    if (this.#last !== null) this.flow.send(this.#last);
  }
}
