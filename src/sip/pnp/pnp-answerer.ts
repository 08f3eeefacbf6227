import type { Scheduler } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { SipFlow, SipListener } from "../../ports/sip.ts";
import { headerOf, type SipHeader, type SipRequest } from "../message/message.ts";
import { responseBytes } from "../message/response.ts";
import { hostPort, nameAddressText, parseNameAddress, parseUri, uriText } from "../message/uri.ts";
import type { AnswerLimit } from "../strangers.ts";
import { randomToken } from "../token.ts";
import { Transactions } from "../transactions/transactions.ts";
import { isProfileEvent, PROFILE_EVENT } from "./subscription.ts";

/** A phone that has asked. */
export interface PnpQuestion {
  /** As the phone gives it: twelve digits, commonly. */
  readonly macAddress: string;
  readonly userAgent: string;
  /** Address and port. */
  readonly from: string;
}

export interface PnpAnswererOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** The URL that phones are given. */
  readonly url: string;
  /** Addresses that are answered: a sender's address may be forged. */
  readonly limit: AnswerLimit;
  readonly answered: (question: PnpQuestion) => void;
}

/**
 * Answers PnP requests of phones with the URL of their files. Other messages are ignored: other servers receive the
 * group's messages too.
 */
export class PnpAnswerer {
  /** To be given to the sockets. */
  readonly listener: SipListener;
  readonly #options: PnpAnswererOptions;
  readonly #transactions: Transactions;

  constructor(options: PnpAnswererOptions) {
    this.#options = options;
    this.#transactions = new Transactions({
      ...options,
      listener: { request: (request, from) => this.#request(request, from), unusable: () => {} },
    });
    this.listener = { received: (bytes, from) => this.#transactions.received(bytes, from), closed: () => {} };
  }

  /** Forgets everything: nothing more is sent. */
  abandon(): void {
    this.#transactions.abandon();
  }

  #request(request: SipRequest, from: SipFlow): void {
    const { limit } = this.#options;
    if (request.method !== "SUBSCRIBE" || !isProfileEvent(request) || !limit.open()) return;
    const serving = this.#transactions.serve(request, from);
    if (serving === null) return;
    limit.record();
    const tag = this.#token(8);
    const contact = { name: "Contact", value: nameAddressText("", uriText("", from.local.host, from.local.port)) };
    const headers = [contact, { name: "Expires", value: "0" }];
    serving.answer(200, responseBytes(request, from, 200, { headers, toTag: tag }));
    this.#notify(request, from, { tag, contact });
    const user = parseUri(request.uri)?.user ?? "";
    const macAddress = decoded(user).replace(/^MAC:?/i, "");
    const sender = hostPort(from.remote.host, from.remote.port);
    this.#options.answered({ macAddress, userAgent: headerOf(request, "User-Agent") ?? "", from: sender });
  }

  /** Sent to the request's source address, not to its Contact, so that it cannot be directed at a third machine. */
  #notify(
    subscribe: SipRequest,
    from: SipFlow,
    { tag, contact }: { readonly tag: string; readonly contact: SipHeader },
  ): void {
    const uri = parseNameAddress(headerOf(subscribe, "Contact") ?? "")?.uri ?? subscribe.uri;
    const local = parseNameAddress(headerOf(subscribe, "To") ?? "")?.uri ?? subscribe.uri;
    const headers: SipHeader[] = [
      { name: "Max-Forwards", value: "70" },
      { name: "From", value: nameAddressText("", local, { tag }) },
      { name: "To", value: headerOf(subscribe, "From") ?? "" },
      { name: "Call-ID", value: headerOf(subscribe, "Call-ID") ?? "" },
      { name: "CSeq", value: "1 NOTIFY" },
      contact,
      { name: "Event", value: PROFILE_EVENT },
      { name: "Subscription-State", value: "terminated;reason=timeout" },
      { name: "Content-Type", value: "application/url" },
    ];
    const body = Buffer.from(this.#options.url, "utf8");
    const handler = { response: () => {}, failed: () => {} };
    this.#transactions.send({ kind: "request", method: "NOTIFY", uri, headers, body }, from, handler);
  }

  #token(bytes: number): string {
    return randomToken(this.#options.random, bytes);
  }
}

/** The escapes of RFC 3261 19.1.2: many phones write the colon of `MAC:` as one; what cannot be decoded stays. */
function decoded(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}
