import type { SipFlow, SipVoice } from "../../ports/sip.ts";
import { headerOf, listOf, type SipHeader, type SipRequest } from "../message/message.ts";
import { responseBytes } from "../message/response.ts";
import { nameAddressText } from "../message/uri.ts";
import type { SipStack } from "../stack.ts";
import { TimerSet } from "../transactions/timer-set.ts";
import { T1_MS, T2_MS, TRANSACTION_MS } from "../transactions/timers.ts";
import type { CallLine } from "./call-line.ts";
import { type Dialog, nextHop, requestIn } from "./dialog.ts";
import { infoAnswer } from "./info.ts";
import { createRtpAnswerer, type RtpAnswerer } from "./rtp.ts";
import { type AudioOffer, answerText, type LocalAudio, offerText, parseOffer } from "./sdp.ts";

export const SDP = "application/sdp";
export const CALL_METHODS = "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, INFO";

/** The audio of one call: its socket, and this side's description of it. */
export class CallVoice {
  readonly #line: CallLine;
  readonly #socket: SipVoice;
  readonly #sessionId: number;
  readonly #rtp: RtpAnswerer;
  #version = 0;

  private constructor(line: CallLine, socket: SipVoice, sessionId: number, rtp: RtpAnswerer) {
    this.#line = line;
    this.#socket = socket;
    this.#sessionId = sessionId;
    this.#rtp = rtp;
  }

  /** Rejects with an Error if no socket can be opened. */
  static async open(stack: SipStack, line: CallLine): Promise<CallVoice> {
    const number = Math.floor(stack.random.between(1, 2 ** 32));
    const rtp = createRtpAnswerer(line.voice, number);
    const socket = await stack.openVoice((bytes, answer) => {
      const packet = rtp.answer(bytes);
      if (packet !== null) answer(packet);
    });
    return new CallVoice(line, socket, number, rtp);
  }

  offer(flow: SipFlow): Buffer {
    this.#rtp.hear(this.#line.codecs);
    return Buffer.from(offerText(this.#local(flow)));
  }

  /** Null: no codec in common. */
  answer(offer: AudioOffer, flow: SipFlow): Buffer | null {
    const answer = answerText(offer, this.#local(flow));
    if (answer === null) return null;
    this.#rtp.hear([answer.codec]);
    return Buffer.from(answer.text);
  }

  close(): void {
    void this.#socket.close();
  }

  #local(flow: SipFlow): LocalAudio {
    const { codecs, telephoneEvents, telephonePayload } = this.#line;
    const { port } = this.#socket;
    const own = { codecs, telephoneEvents, telephonePayload };
    return { ...own, host: flow.local.host, port, sessionId: this.#sessionId, version: ++this.#version };
  }
}

export interface ConversationParts {
  readonly stack: SipStack;
  readonly line: CallLine;
  readonly dialog: Dialog;
  readonly voice: CallVoice;
  /** Called once, for either side's hang-up. */
  ended(): void;
}

/** A call that both sides have taken: until one of them hangs up (RFC 3261 14, 15). */
export class Conversation {
  readonly dialog: Dialog;
  readonly #parts: ConversationParts;
  readonly #timers: TimerSet<"repeat" | "end">;
  #isOver = false;

  constructor(parts: ConversationParts) {
    this.dialog = parts.dialog;
    this.#parts = parts;
    this.#timers = new TimerSet(parts.stack.scheduler);
  }

  /** Repeats a 2xx until it is acknowledged, whatever the connection (RFC 3261 13.3.1.4); hangs up where it never is. */
  repeatUntilAcknowledged(send: () => void): void {
    const repeat = (afterMs: number): void =>
      this.#timers.start("repeat", afterMs, () => {
        send();
        repeat(Math.min(afterMs * 2, T2_MS));
      });
    repeat(T1_MS);
    this.#timers.start("end", TRANSACTION_MS, () => this.hangUp());
  }

  /** A request within this call. */
  request(request: SipRequest, from: SipFlow): void {
    if (request.method === "ACK") this.#timers.stopAll();
    else if (request.method === "BYE") {
      this.#answer(request, from, 200);
      this.#over();
    } else if (request.method === "INVITE") this.#describeAnew(request, from);
    else if (request.method === "OPTIONS") this.#answer(request, from, 200);
    else if (request.method === "INFO") {
      const { status, headers } = infoAnswer(request, this.#parts.line.keysByInfo);
      this.#answer(request, from, status, headers);
    } else this.#answer(request, from, 405, [{ name: "Allow", value: CALL_METHODS }]);
  }

  hangUp(): void {
    if (this.#isOver) return;
    const { stack, dialog } = this.#parts;
    const bye = requestIn(dialog, "BYE");
    const send = (flow: SipFlow): void =>
      void stack.transactions.send(bye, flow, { response: () => {}, failed: () => {} });
    const hop = nextHop(dialog);
    if (hop === null) send(dialog.flow);
    else this.#elsewhere(hop, send);
    this.#over();
  }

  /** Ends silently: the phone has no power. */
  drop(): void {
    this.#over();
  }

  #elsewhere(hop: NonNullable<ReturnType<typeof nextHop>>, send: (flow: SipFlow) => void): void {
    const { stack, dialog } = this.#parts;
    const open = async (): Promise<SipFlow> => {
      const [target] = await stack.locate(hop);
      return target === undefined ? dialog.flow : stack.open(target, dialog.flow.local.port);
    };
    open().then(send, () => send(dialog.flow));
  }

  #describeAnew(request: SipRequest, from: SipFlow): void {
    const { stack, voice, line } = this.#parts;
    const transaction = stack.transactions.serve(request, from);
    if (transaction === null) return;
    const contact = { name: "Contact", value: nameAddressText("", line.contactUri(from)) };
    const reply = (status: number, body?: Buffer): void => {
      const headers = body === undefined ? [] : [contact, { name: "Content-Type", value: SDP }];
      const bytes = responseBytes(request, from, status, body === undefined ? { headers } : { headers, body });
      transaction.answer(status, bytes);
      if (status === 200) this.repeatUntilAcknowledged(() => transaction.flow.send(bytes));
    };
    if (request.body.length === 0) return void reply(200, voice.offer(from));
    const offer = parseOffer(request.body);
    const answer = offer === null ? null : voice.answer(offer, from);
    if (answer === null) reply(488);
    else reply(200, answer);
  }

  #answer(request: SipRequest, from: SipFlow, status: number, headers: readonly SipHeader[] = []): void {
    this.#parts.stack.transactions
      .serve(request, from)
      ?.answer(status, responseBytes(request, from, status, { headers }));
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timers.stopAll();
    this.#parts.voice.close();
    this.#parts.ended();
  }
}

/** Why the body of an INVITE cannot be taken; null: it is SDP, or there is none. */
export function bodyRefusal(request: SipRequest): number | null {
  if (request.body.length === 0) return null;
  const type = (headerOf(request, "Content-Type") ?? "").split(";")[0]?.trim().toLowerCase();
  const isPlain = listOf(request, "Content-Encoding").every((coding) => coding.toLowerCase() === "identity");
  return type === SDP && isPlain ? null : 415;
}
