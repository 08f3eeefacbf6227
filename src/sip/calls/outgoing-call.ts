import type { SipFlow } from "../../ports/sip.ts";
import { chooseDigest } from "../../system/digest-client.ts";
import { parseAuthHeaders } from "../../system/http-digest.ts";
import type { SipRequest } from "../message/message.ts";
import { headersOf, listOf, type SipHeader, type SipResponse } from "../message/message.ts";
import { nameAddressText, parseNameAddress, parseUri } from "../message/uri.ts";
import { proxyRoute } from "../registration/account.ts";
import { Credentials } from "../registration/credentials.ts";
import { answerText, type Challenger } from "../registration/verdict.ts";
import type { SipStack } from "../stack.ts";
import type { ClientTransaction, OutgoingRequest } from "../transactions/client.ts";
import type { CallLine, CallState, CallView, CallWay } from "./call-line.ts";
import { CALL_METHODS, type CallVoice, Conversation, SDP } from "./conversation.ts";
import { outgoingDialog, requestIn } from "./dialog.ts";

export interface OutgoingParts {
  readonly stack: SipStack;
  readonly line: CallLine;
  readonly way: CallWay;
  /** The called party, as a URI. */
  readonly target: string;
  readonly voice: CallVoice;
  /** `reason`: why the call was not answered; null: it ended normally. */
  ended(reason: string | null): void;
}

const MAX_REDIRECTS = 3;
const MAX_CHALLENGES = 3;
/** The status whose challenge comes in which header. */
const CHALLENGERS: Readonly<Record<number, Challenger>> = { 401: "WWW-Authenticate", 407: "Proxy-Authenticate" };

/** A call that the phone makes, from dialling to its end (RFC 3261 13.2). */
export class OutgoingCall {
  readonly callId: string;
  readonly localTag: string;
  readonly #parts: OutgoingParts;
  readonly #credentials: Credentials;
  #target: string;
  #flow: SipFlow;
  #sequence = 0;
  #tries = { redirects: 0, challenges: 0 };
  #underWay: ClientTransaction | null = null;
  #state: CallState = "Calling";
  #conversation: Conversation | null = null;
  #isGivenUp = false;
  #isOver = false;

  constructor(parts: OutgoingParts) {
    this.#parts = parts;
    this.callId = parts.stack.token(8);
    this.localTag = parts.stack.token(8);
    this.#credentials = new Credentials(parts.stack.random, parts.line.login);
    this.#target = parts.target;
    this.#flow = parts.way.flow;
  }

  get remoteTag(): string | null {
    return this.#conversation?.dialog.remoteTag ?? null;
  }

  /** The result is not needed any more: only the end on the wire remains. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  get view(): CallView {
    return { line: this.#parts.line.number, direction: "outgoing", with: this.#parts.target, state: this.#state };
  }

  dial(): void {
    const invite = this.#invite();
    this.#underWay = this.#parts.stack.transactions.send(invite, this.#flow, {
      response: (response) => this.#response(response, invite),
      failed: (reason) => this.#over(this.#isGivenUp ? null : reason),
    });
  }

  hangUp(): void {
    if (this.#conversation !== null) this.#conversation.hangUp();
    else if (!this.#isGivenUp && this.#underWay !== null) {
      this.#isGivenUp = true;
      // A CANCEL before any answer could overtake its INVITE: then the answer brings it about (RFC 3261 9.1).
      if (this.#state === "Ringing") this.#parts.stack.transactions.cancel(this.#underWay);
    }
  }

  drop(): void {
    this.#underWay?.abandon();
    this.#conversation?.drop();
    this.#over(null);
  }

  request(request: SipRequest, from: SipFlow): void {
    this.#conversation?.request(request, from);
  }

  #response(response: SipResponse, invite: OutgoingRequest): void {
    const { status } = response;
    if (status < 200) this.#rings();
    else if (status < 300) this.#answered(response, invite);
    else if (this.#isGivenUp) this.#over(null);
    else if (status < 400) this.#redirected(response);
    else if (CHALLENGERS[status] === undefined) this.#over(answerText(response));
    else this.#challenged(response, CHALLENGERS[status]);
  }

  #rings(): void {
    const isFirst = this.#state === "Calling";
    this.#state = "Ringing";
    if (this.#isGivenUp && isFirst && this.#underWay !== null) this.#parts.stack.transactions.cancel(this.#underWay);
  }

  /** Every 2xx wants an ACK, repeated ones as well. */
  #answered(response: SipResponse, invite: OutgoingRequest): void {
    const { stack, line, voice } = this.#parts;
    const flow = this.#flow;
    const known = this.#conversation?.dialog;
    const dialog = known ?? outgoingDialog(invite, response, flow, this.#sequence);
    stack.transactions.sendOnce(requestIn({ ...dialog, sequence: this.#sequence }, "ACK"), flow);
    if (known !== undefined) return;
    const ended = (): void => this.#over(null);
    this.#conversation = new Conversation({ stack, line, dialog, voice, ended });
    this.#state = "InCall";
    if (this.#isGivenUp) this.#conversation.hangUp();
  }

  #challenged(response: SipResponse, by: Challenger): void {
    const challenge = chooseDigest(parseAuthHeaders(headersOf(response, by).join(", ")));
    if (challenge === null || ++this.#tries.challenges > MAX_CHALLENGES || this.#parts.line.login.password === "") {
      this.#over(answerText(response));
      return;
    }
    this.#credentials.take(by, challenge);
    this.dial();
  }

  /** The call follows, to whichever address is named first (RFC 3261 8.1.3.4). */
  #redirected(response: SipResponse): void {
    const [contact] = listOf(response, "Contact");
    const text = parseNameAddress(contact ?? "")?.uri ?? "";
    const uri = parseUri(text);
    if (uri === null || ++this.#tries.redirects > MAX_REDIRECTS) {
      this.#over(answerText(response));
      return;
    }
    this.#target = text;
    const { stack } = this.#parts;
    const { protocol, local } = this.#flow;
    const open = async (): Promise<void> => {
      const [target] = await stack.locate({ host: uri.host, port: uri.port, protocol });
      if (target === undefined) throw new Error("it has no address");
      this.#flow = await stack.open(target, local.port);
      if (this.#isGivenUp) this.#over(null);
      else if (!this.#isOver) this.dial();
    };
    open().catch((error: unknown) => this.#over(error instanceof Error ? error.message : String(error)));
  }

  #invite(): OutgoingRequest {
    const { line, voice } = this.#parts;
    const headers: SipHeader[] = [
      { name: "Max-Forwards", value: "70" },
      // A redirect names another route.
      ...(this.#flow === this.#parts.way.flow ? proxyRoute(this.#parts.way.proxy) : []),
      { name: "From", value: nameAddressText(line.display, line.address, { tag: this.localTag }) },
      { name: "To", value: nameAddressText("", this.#parts.target) },
      { name: "Call-ID", value: this.callId },
      { name: "CSeq", value: `${++this.#sequence} INVITE` },
      { name: "Contact", value: nameAddressText("", line.contactUri(this.#flow)) },
      { name: "Allow", value: CALL_METHODS },
      ...this.#credentials.headers("INVITE", this.#target),
      { name: "User-Agent", value: line.userAgent },
      { name: "Content-Type", value: SDP },
    ];
    return { kind: "request", method: "INVITE", uri: this.#target, headers, body: voice.offer(this.#flow) };
  }

  #over(reason: string | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#conversation === null) this.#parts.voice.close();
    this.#parts.ended(reason);
  }
}
