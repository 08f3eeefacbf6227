import type { SipFlow } from "../../ports/sip.ts";
import { headerOf, listOf, type SipRequest } from "../message/message.ts";
import { type ResponseExtras, responseBytes } from "../message/response.ts";
import { nameAddressText } from "../message/uri.ts";
import type { SipStack } from "../stack.ts";
import type { CallLine, CallView, CallWay, IncomingPolicy } from "./call-line.ts";
import { bodyRefusal, CALL_METHODS, CallVoice, SDP } from "./conversation.ts";
import { tagOf } from "./dialog.ts";
import { IncomingCall } from "./incoming-call.ts";
import { OutgoingCall } from "./outgoing-call.ts";

export interface PhoneCallsOptions {
  readonly stack: SipStack;
  /** How an incoming call is handled, by the number of calls on the phone. */
  readonly policy: (line: number, calls: number) => IncomingPolicy;
  /** An unanswered call of this phone. */
  readonly failed: (view: CallView, reason: string) => void;
}

type Call = IncomingCall | OutgoingCall;

/** Supported values of a Require header: none (RFC 3261 8.2.2.3). */
const SUPPORTED: ReadonlySet<string> = new Set();

/** The calls of one phone, over all its lines. */
export class PhoneCalls {
  readonly #options: PhoneCallsOptions;
  readonly #calls = new Set<Call>();
  /** Counts up whenever the phone hangs up. */
  #era = 0;
  /** Work that waits for the end of the last call. */
  #waiting: (() => void)[] = [];

  constructor(options: PhoneCallsOptions) {
    this.#options = options;
  }

  get views(): readonly CallView[] {
    return this.#live().map(({ view }) => view);
  }

  /** Except aborted calls that wait for the peer's last message. */
  #live(): readonly Call[] {
    return [...this.#calls].filter((call) => call instanceof IncomingCall || !call.isGivenUp);
  }

  /** Runs it once there is no call: at once, or after the last one. */
  whenIdle(run: () => void): void {
    if (this.#calls.size === 0) run();
    else this.#waiting.push(run);
  }

  #ended(call: Call): void {
    this.#calls.delete(call);
    if (this.#calls.size > 0) return;
    for (const run of this.#waiting.splice(0)) run();
  }

  /** A request for a line, but for NOTIFY outside a call. */
  request(request: SipRequest, from: SipFlow, line: CallLine): void {
    const call = this.#callOf(request);
    if (request.method === "CANCEL") this.#cancel(request, from);
    else if (call !== undefined) call.request(request, from);
    else if (tagOf(headerOf(request, "To") ?? "") !== "") this.#final(request, from, 481);
    else this.#outside(request, from, line);
  }

  /** Rejects with an Error where the phone cannot call. */
  async dial(target: string, line: CallLine, way: CallWay): Promise<void> {
    const { stack, failed } = this.#options;
    const era = this.#era;
    const voice = await CallVoice.open(stack, line);
    if (this.#era !== era) {
      voice.close();
      throw new Error("the phone has hung up");
    }
    const call: OutgoingCall = new OutgoingCall({
      ...{ stack, line, way, target, voice },
      ended: (reason) => {
        this.#ended(call);
        if (reason !== null) failed(call.view, reason);
      },
    });
    this.#calls.add(call);
    call.dial();
  }

  /** Ends every call, like putting down the handset. */
  hangUp(): void {
    this.#era++;
    for (const call of [...this.#calls]) call.hangUp();
  }

  /** Ends silently: the phone has no network. */
  drop(): void {
    this.#era++;
    for (const call of [...this.#calls]) call.drop();
  }

  #outside(request: SipRequest, from: SipFlow, line: CallLine): void {
    const required = listOf(request, "Require").filter((extension) => !SUPPORTED.has(extension));
    if (request.method === "ACK") return;
    if (required.length > 0) {
      this.#final(request, from, 420, { headers: required.map((value) => ({ name: "Unsupported", value })) });
    } else if (request.method === "INVITE") this.#incoming(request, from, line);
    else if (request.method === "OPTIONS") this.#describeSelf(request, from);
    else if (request.method === "BYE" || request.method === "INFO") this.#final(request, from, 481);
    else this.#final(request, from, 405, { headers: [{ name: "Allow", value: CALL_METHODS }] });
  }

  #incoming(request: SipRequest, from: SipFlow, line: CallLine): void {
    const { stack, policy } = this.#options;
    const refusal = bodyRefusal(request);
    if (refusal !== null) {
      this.#final(request, from, refusal, { headers: [{ name: "Accept", value: SDP }] });
      return;
    }
    const decided = policy(line.number, this.#live().length);
    if (decided.kind === "refuse") this.#final(request, from, decided.status);
    else if (decided.kind === "forward") {
      const contact = { name: "Contact", value: nameAddressText("", decided.target) };
      this.#final(request, from, 302, { headers: [contact] });
    } else {
      const transaction = stack.transactions.serve(request, from);
      if (transaction === null) return;
      const call: IncomingCall = new IncomingCall({
        ...{ stack, line, transaction, from, policy: decided },
        ended: () => this.#ended(call),
      });
      this.#calls.add(call);
      call.ring();
    }
  }

  #cancel(request: SipRequest, from: SipFlow): void {
    const transaction = this.#options.stack.transactions.cancelled(request);
    this.#final(request, from, transaction === null ? 481 : 200);
    for (const call of this.#calls) {
      if (call instanceof IncomingCall && call.transaction === transaction && call.state === "Ringing")
        call.cancelled();
    }
  }

  #describeSelf(request: SipRequest, from: SipFlow): void {
    const headers = [
      { name: "Allow", value: CALL_METHODS },
      { name: "Accept", value: SDP },
    ];
    this.#final(request, from, 200, { headers });
  }

  #callOf(request: SipRequest): Call | undefined {
    const callId = headerOf(request, "Call-ID");
    const [local, remote] = [tagOf(headerOf(request, "To") ?? ""), tagOf(headerOf(request, "From") ?? "")];
    return [...this.#calls].find(
      (call) => call.callId === callId && call.localTag === local && call.remoteTag === remote,
    );
  }

  /** The final answer at once. */
  #final(request: SipRequest, from: SipFlow, status: number, extras: ResponseExtras = {}): void {
    if (request.method === "ACK") return;
    const { stack } = this.#options;
    const bytes = responseBytes(request, from, status, { toTag: stack.token(8), ...extras });
    stack.transactions.serve(request, from)?.answer(status, bytes);
  }
}
