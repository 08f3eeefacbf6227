import type { Clock, Scheduler } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { SipFlow, SipResolver, SipTarget, SipTransport, SipVoice } from "../ports/sip.ts";
import type { NonceIssuer } from "./authentication.ts";
import { locate, type SipServer } from "./locate.ts";
import type { SipRequest } from "./message/message.ts";
import type { ResponseExtras } from "./message/response.ts";
import { parseUri } from "./message/uri.ts";
import { type AnswerLimit, answerStranger } from "./strangers.ts";
import { randomToken } from "./token.ts";
import { statelessAnswer, Transactions } from "./transactions/transactions.ts";

/** One account of one phone, as far as requests of others and lost connections go. */
export interface SipParty {
  request(request: SipRequest, from: SipFlow): void;
  closed(flow: SipFlow, reason: string): void;
}

export interface SipStackOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly transport: SipTransport;
  readonly resolver: SipResolver;
  readonly strangers: AnswerLimit;
  readonly clock: Clock;
  readonly nonces: NonceIssuer;
}

/** The URI parameter of a Contact that identifies the phone on a shared socket. */
export const LINE_PARAM = "line";

const DRAIN_MS = 2_000;
const DRAIN_POLL_MS = 50;

/** SIP for all phones of a process: sockets, transactions, and which account a request is for. */
export class SipStack {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly clock: Clock;
  /** For requests that require authentication. */
  readonly nonces: NonceIssuer;
  readonly transactions: Transactions;
  readonly #options: SipStackOptions;
  readonly #parties = new Map<string, SipParty>();

  constructor(options: SipStackOptions) {
    this.#options = options;
    this.scheduler = options.scheduler;
    this.random = options.random;
    this.clock = options.clock;
    this.nonces = options.nonces;
    this.transactions = new Transactions({
      ...options,
      listener: {
        request: (request, from) => this.#request(request, from),
        unusable: (request, from, status, reason) =>
          this.answerStranger(request, from, status, reason === undefined ? {} : { reason }),
      },
    });
    options.transport.listen({
      received: (bytes, from) => this.transactions.received(bytes, from),
      closed: (flow, reason) => this.#closed(flow, reason),
    });
  }

  /** Requests for Contacts with that `line` go to the party, until the returned function is called. */
  attach(line: string, party: SipParty): () => void {
    this.#parties.set(line, party);
    return () => void this.#parties.delete(line);
  }

  /** Rejects with an Error that says why there is no address. */
  locate(server: SipServer): Promise<readonly SipTarget[]> {
    const { resolver, transport } = this.#options;
    const addresses = async (name: string): Promise<readonly string[]> => {
      const found = await resolver.addresses(name);
      const usable = found.filter((address) => transport.speaksTo(address));
      // Where there is none, what opens a way to one says why.
      return usable.length > 0 ? usable : found;
    };
    return locate(server, { ...resolver, addresses }, this.random);
  }

  /** Rejects with an Error that says why there is no way. */
  open(target: SipTarget, localPort: number): Promise<SipFlow> {
    return this.#options.transport.open(target, localPort);
  }

  /** Keeps the UDP socket at that port until the returned function is called and there are no other users. */
  usePort(localPort: number): () => void {
    return this.#options.transport.usePort(localPort);
  }

  openVoice(received: Parameters<SipTransport["openVoice"]>[0]): Promise<SipVoice> {
    return this.#options.transport.openVoice(received);
  }

  /** Unguessable letters and digits. */
  token(bytes: number): string {
    return randomToken(this.random, bytes);
  }

  /** Answers a request outside a transaction. */
  answer(request: SipRequest, from: SipFlow, status: number, extras: ResponseExtras = {}): void {
    const { flow, bytes } = statelessAnswer(request, from, status, extras);
    flow.send(bytes);
  }

  /** The same for an unauthenticated sender. */
  answerStranger(request: SipRequest, from: SipFlow, status: number, extras: ResponseExtras = {}): void {
    answerStranger(this.#options.strangers, request, from, status, extras);
  }

  /** Waits a moment for answers that are under way, such as those to unregistering phones. */
  async close(): Promise<void> {
    for (let waitedMs = 0; waitedMs < DRAIN_MS && this.transactions.waiting > 0; waitedMs += DRAIN_POLL_MS) {
      await new Promise<void>((resolve) => this.scheduler.after(DRAIN_POLL_MS, "end of SIP", resolve));
    }
    this.transactions.abandon();
    await this.#options.transport.close();
  }

  #request(request: SipRequest, from: SipFlow): void {
    const line = parseUri(request.uri)?.params.get(LINE_PARAM);
    const party = line === undefined ? undefined : this.#parties.get(line);
    if (party !== undefined) party.request(request, from);
    else if (request.method !== "ACK") this.answerStranger(request, from, request.method === "CANCEL" ? 481 : 404);
  }

  #closed(flow: SipFlow, reason: string): void {
    this.transactions.closed(flow, reason);
    for (const party of [...this.#parties.values()]) party.closed(flow, reason);
  }
}
