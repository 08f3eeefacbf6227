import type { SipFlow } from "../../ports/sip.ts";
import { headerOf, NO_BODY, type SipHeader, type SipRequest } from "../message/message.ts";
import { type ResponseExtras, responseBytes } from "../message/response.ts";
import { nameAddressText, parseNameAddress } from "../message/uri.ts";
import type { SipStack } from "../stack.ts";
import type { ServerTransaction } from "../transactions/server.ts";
import { TimerSet } from "../transactions/timer-set.ts";
import type { CallLine, CallState, CallView, IncomingPolicy } from "./call-line.ts";
import { CALL_METHODS, CallVoice, Conversation, SDP } from "./conversation.ts";
import { incomingDialog, tagOf } from "./dialog.ts";
import { parseOffer } from "./sdp.ts";

export interface IncomingParts {
  readonly stack: SipStack;
  readonly line: CallLine;
  readonly transaction: ServerTransaction;
  readonly from: SipFlow;
  readonly policy: Extract<IncomingPolicy, { readonly kind: "ring" }>;
  ended(): void;
}

const TAG_BYTES = 8;

/** An incoming call, from its first ring to its end. */
export class IncomingCall {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  readonly #parts: IncomingParts;
  readonly #timers: TimerSet<"answer" | "forward">;
  #conversation: Conversation | null = null;
  #isOver = false;

  constructor(parts: IncomingParts) {
    const { request } = parts.transaction;
    this.#parts = parts;
    this.#timers = new TimerSet(parts.stack.scheduler);
    this.callId = headerOf(request, "Call-ID") ?? "";
    this.localTag = parts.stack.token(TAG_BYTES);
    this.remoteTag = tagOf(headerOf(request, "From") ?? "");
  }

  get transaction(): ServerTransaction {
    return this.#parts.transaction;
  }

  get state(): CallState {
    return this.#conversation === null ? "Ringing" : "InCall";
  }

  get view(): CallView {
    const from = headerOf(this.#parts.transaction.request, "From") ?? "";
    const uri = parseNameAddress(from)?.uri ?? from;
    return { line: this.#parts.line.number, direction: "incoming", with: uri, state: this.state };
  }

  ring(): void {
    const { answerAfterMs, forward } = this.#parts.policy;
    this.#answer(180, { headers: [this.#contact()] });
    if (answerAfterMs !== null) this.#timers.start("answer", answerAfterMs, () => void this.accept());
    if (forward !== null) this.#timers.start("forward", forward.afterMs, () => this.forward(forward.target));
  }

  forward(target: string): void {
    this.#refuse(302, { headers: [{ name: "Contact", value: nameAddressText("", target) }] });
  }

  async accept(): Promise<void> {
    this.#timers.stopAll();
    const { stack, line, transaction, from } = this.#parts;
    const { request } = transaction;
    const offer = request.body.length === 0 ? null : parseOffer(request.body);
    if (offer === null && request.body.length > 0) return this.#refuse(488);
    const voice = await CallVoice.open(stack, line).catch(() => null);
    if (voice === null) return this.#refuse(500);
    const body = offer === null ? voice.offer(from) : voice.answer(offer, from);
    // The caller may have given up while the socket was opened.
    if (body === null || this.#isOver || transaction.isAnswered) {
      voice.close();
      return this.#refuse(488);
    }
    const dialog = incomingDialog(request, from, this.localTag);
    this.#conversation = new Conversation({ stack, line, dialog, voice, ended: () => this.#over() });
    const headers = [this.#contact(), { name: "Allow", value: CALL_METHODS }, { name: "Content-Type", value: SDP }];
    const bytes = this.#answer(200, { headers, body });
    this.#conversation.repeatUntilAcknowledged(() => transaction.flow.send(bytes));
  }

  /** The caller gives up before an answer. */
  cancelled(): void {
    this.#refuse(487);
  }

  hangUp(): void {
    if (this.#conversation === null) this.#refuse(486);
    else this.#conversation.hangUp();
  }

  drop(): void {
    this.#conversation?.drop();
    this.#over();
  }

  request(request: SipRequest, from: SipFlow): void {
    if (this.#conversation === null) this.#early(request, from);
    else this.#conversation.request(request, from);
  }

  #early(request: SipRequest, from: SipFlow): void {
    if (request.method === "ACK") return;
    // A BYE ends a call that rings as well (RFC 3261 15.1.2).
    const status = request.method === "BYE" ? 200 : 491;
    this.#parts.stack.transactions.serve(request, from)?.answer(status, responseBytes(request, from, status));
    if (request.method === "BYE") this.#refuse(487);
  }

  #refuse(status: number, extras: ResponseExtras = {}): void {
    if (this.#isOver) return;
    this.#answer(status, extras);
    this.#over();
  }

  #answer(status: number, extras: ResponseExtras): Uint8Array {
    const { transaction, from, line } = this.#parts;
    const server: SipHeader = { name: "User-Agent", value: line.userAgent };
    const bytes = responseBytes(transaction.request, from, status, {
      ...{ body: NO_BODY, toTag: this.localTag },
      ...extras,
      headers: [...(extras.headers ?? []), server],
    });
    transaction.answer(status, bytes);
    return bytes;
  }

  #contact(): SipHeader {
    return { name: "Contact", value: nameAddressText("", this.#parts.line.contactUri(this.#parts.from)) };
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timers.stopAll();
    this.#parts.ended();
  }
}
