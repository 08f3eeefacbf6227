import type { SipFlow } from "../../ports/sip.ts";
import type { SipServer } from "../locate.ts";
import { NO_BODY, type SipHeader, type SipResponse } from "../message/message.ts";
import { nameAddressText, uriText } from "../message/uri.ts";
import { LINE_PARAM, type SipStack } from "../stack.ts";
import type { ClientTransaction } from "../transactions/client.ts";
import { proxyRoute, type SipAccount } from "./account.ts";
import { Credentials } from "./credentials.ts";
import { type Attempt, type Challenger, judge, type Verdict } from "./verdict.ts";

/** Where a phone registers. */
export interface Place {
  readonly flow: SipFlow;
  /** The Request-URI. */
  readonly server: SipServer;
  /** Of the account's address. */
  readonly domain: string;
}

/** The next step after a try of one registrar. */
export type Final = Extract<Verdict, { readonly kind: "registered" | "moved" | "unavailable" | "refused" }>;

interface UnderWay {
  readonly place: Place;
  readonly transaction: ClientTransaction;
  /** Called with the result: whether the registrar accepted the phone. */
  settled: (isTaken: boolean) => void;
}

const TOKEN_BYTES = 8;
/**
 * A registrar that has not answered by then gets the unregistration, although the previous REGISTER may still be
 * pending.
 */
const ANSWER_MS = 1_000;

/** The REGISTERs of one account: one Call-ID, one row of CSeq numbers, one set of nonces (RFC 3261 10.2). */
export class RegisterRequests {
  /** What requests for this account have in their Request-URI. */
  readonly line: string;
  readonly #stack: SipStack;
  readonly #account: SipAccount;
  readonly #credentials: Credentials;
  readonly #callId: string;
  readonly #tag: string;
  #sequence = 0;
  /** What the account says, or a registrar with 423. */
  #askSeconds: number;
  /** One that asks to be registered and has no answer yet. */
  #underWay: UnderWay | null = null;
  /** Incremented whenever pending work is aborted. */
  #era = 0;

  constructor(stack: SipStack, account: SipAccount) {
    this.#stack = stack;
    this.#account = account;
    this.#credentials = new Credentials(stack.random, { name: account.authName, password: account.password });
    this.line = stack.token(TOKEN_BYTES);
    this.#callId = stack.token(TOKEN_BYTES);
    this.#tag = stack.token(TOKEN_BYTES);
    this.#askSeconds = account.expiresSeconds;
  }

  get isUnderWay(): boolean {
    return this.#underWay !== null;
  }

  /** The Contact of this phone on that way. */
  contactUri(flow: SipFlow): string {
    const transport = flow.protocol === "UDP" ? "" : `;transport=${flow.protocol.toLowerCase()}`;
    const own = uriText(this.#account.user, flow.local.host, flow.local.port);
    return `${own}${transport};${LINE_PARAM}=${this.line}`;
  }

  /** Another server: its nonces are others. */
  forgetNonces(): void {
    this.#credentials.forget();
  }

  /** Asks to be registered. Null: given up meanwhile. */
  register(place: Place, redirects = 0): Promise<Final | null> {
    return this.#exchange(place, true, redirects);
  }

  /** Drops the results of pending requests. */
  giveUp(): void {
    this.#era++;
    this.#underWay?.transaction.abandon();
    this.#underWay = null;
  }

  /**
   * Unregisters at the current registrar, and at one with a pending request. The pending answer is waited for
   * briefly, since no REGISTER may overtake another (RFC 3261 10.2); with no answer by then it may have the phone or
   * not.
   *
   * @param place where the phone is registered; null: nowhere
   */
  async leave(place: Place | null): Promise<void> {
    const asked = this.#underWay;
    this.#era++;
    const isTaken = asked !== null && (await this.#isTaken(asked));
    const places = [...(isTaken ? [asked.place] : []), ...(place === null ? [] : [place])];
    const once = new Map(places.map((one) => [this.#bindingAt(one), one]));
    await Promise.all([...once.values()].map((one) => this.#exchange(one, false)));
  }

  #isTaken(asked: UnderWay): Promise<boolean> {
    return new Promise((resolve) => {
      const late = this.#stack.scheduler.after(ANSWER_MS, "SIP registration", () => {
        asked.transaction.abandon();
        asked.settled(true);
      });
      asked.settled = (isTaken) => {
        late.cancel();
        resolve(isTaken);
      };
    });
  }

  #bindingAt({ flow, domain }: Place): string {
    return [flow.remote.host, flow.remote.port, domain, this.contactUri(flow)].join(" ");
  }

  /** One REGISTER, again with what the registrar asks for. For an unregistration only a challenge matters. */
  async #exchange(place: Place, isToStay: boolean, redirects = 0): Promise<Final | null> {
    const era = this.#era;
    const answered: Challenger[] = [];
    for (;;) {
      const askedSeconds = isToStay ? this.#askSeconds : 0;
      const response = await this.#ask(place, askedSeconds);
      if (this.#era !== era) return null;
      if (typeof response === "string") return { kind: "unavailable", reason: response, retryAfterSeconds: null };
      const hasPassword = this.#account.password !== "";
      const attempt: Attempt = { contactLine: this.line, askedSeconds, hasPassword, answered, redirects };
      const verdict = judge(response, attempt);
      if (verdict.kind === "challenged") {
        this.#credentials.take(verdict.by, verdict.challenge);
        answered.push(verdict.by);
      } else if (verdict.kind !== "tooBrief") return verdict;
      else if (!isToStay) return null;
      else this.#askSeconds = verdict.minSeconds;
    }
  }

  /** The final response, or why there is none. */
  #ask(place: Place, seconds: number): Promise<SipResponse | string> {
    const { server, flow } = place;
    const uri = uriText("", server.host, server.port === 5060 ? null : server.port);
    const headers = this.#headers(place, seconds, uri);
    return new Promise((resolve) => {
      let underWay: UnderWay | null = null;
      const end = (how: SipResponse | string): void => {
        if (this.#underWay === underWay) this.#underWay = null;
        underWay?.settled(typeof how !== "string" && how.status < 300);
        resolve(how);
      };
      const handler = {
        response: (response: SipResponse) => {
          if (response.status >= 200) end(response);
        },
        failed: end,
      };
      const request = { kind: "request", method: "REGISTER", uri, headers, body: NO_BODY } as const;
      const transaction = this.#stack.transactions.send(request, flow, handler);
      if (seconds === 0) return;
      underWay = { place, transaction, settled: () => {} };
      this.#underWay = underWay;
    });
  }

  #headers({ flow, domain }: Place, seconds: number, uri: string): readonly SipHeader[] {
    const { user, display, userAgent, proxy } = this.#account;
    const own = uriText(user, domain, null);
    return [
      { name: "Max-Forwards", value: "70" },
      ...proxyRoute(proxy),
      { name: "From", value: nameAddressText(display, own, { tag: this.#tag }) },
      { name: "To", value: nameAddressText("", own) },
      { name: "Call-ID", value: this.#callId },
      { name: "CSeq", value: `${++this.#sequence} REGISTER` },
      { name: "Contact", value: nameAddressText("", this.contactUri(flow)) },
      { name: "Expires", value: String(seconds) },
      ...this.#credentials.headers("REGISTER", uri),
      { name: "User-Agent", value: userAgent },
    ];
  }
}
