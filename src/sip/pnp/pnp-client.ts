import type { Scheduler, Timer } from "../../ports/clock.ts";
import type { InternetAddress } from "../../ports/datagrams.ts";
import type { Pnp, PnpAnswer, PnpPhone } from "../../ports/pnp.ts";
import type { Random } from "../../ports/random.ts";
import type { SipFlow, SipTransport } from "../../ports/sip.ts";
import { headerOf, type SipRequest } from "../message/message.ts";
import { hostPort } from "../message/uri.ts";
import { type AnswerLimit, answerStranger } from "../strangers.ts";
import { randomToken } from "../token.ts";
import type { ClientTransaction } from "../transactions/client.ts";
import { Transactions } from "../transactions/transactions.ts";
import { answers, type Dialog, isProfileEvent, readNotify, subscribeRequest, URL_TYPES } from "./subscription.ts";

export interface PnpClientOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Its own socket, while a request is pending. */
  readonly openTransport: () => SipTransport;
  /** Where phones ask: `PNP_GROUP`, `PNP_PORT`. */
  readonly group: InternetAddress;
  /** Answers to NOTIFY requests, all together. */
  readonly limit: AnswerLimit;
  /** Why this phone must not use that server, as the end of a sentence; null: allowed. */
  readonly problemOf: (url: string) => string | null;
}

/** How long to wait for an answer: datagrams are sent at 0, 0.5, 1.5, 3.5 and 7.5 seconds. */
const WAIT_MS = 8_000;
/** So long a NOTIFY is answered again whose answer got lost (RFC 3261 17.1.2.2, T4). */
const LINGER_MS = 5_000;
const TOKEN_BYTES = 12;

interface Asking {
  readonly dialog: Dialog;
  /** Null once there is an answer. */
  end: ((answer: PnpAnswer) => void) | null;
  /** Why the answers so far are unusable. */
  problem: string;
  /** Until the question is forgotten. */
  linger: Timer | null;
}

interface Opened {
  readonly transport: SipTransport;
  readonly transactions: Transactions;
}

/** Asks for all phones of a process, over one socket. */
export class PnpClient implements Pnp {
  readonly #options: PnpClientOptions;
  readonly #asking = new Map<string, Asking>();
  #opened: Opened | null = null;
  #isClosed = false;

  constructor(options: PnpClientOptions) {
    this.#options = options;
  }

  async ask(phone: PnpPhone, signal: AbortSignal): Promise<PnpAnswer> {
    const { group, scheduler } = this.#options;
    if (this.#isClosed || signal.aborted) return STOPPED;
    const dialog = { callId: this.#token(), tag: this.#token() };
    const asking: Asking = { dialog, end: null, problem: "nobody answers", linger: null };
    this.#asking.set(dialog.callId, asking);
    const { transport, transactions } = this.#open();
    try {
      const flow = await transport.open({ ...group, protocol: "UDP", name: group.host }, 0);
      return await this.#answerTo(asking, signal, (response) =>
        transactions.send(subscribeRequest(phone, group.host, dialog, flow), flow, response),
      );
    } catch (error) {
      return { kind: "none", reason: error instanceof Error ? error.message : String(error) };
    } finally {
      if (!this.#isClosed) asking.linger = scheduler.after(LINGER_MS, "end of PnP", () => this.#forget(dialog.callId));
    }
  }

  /** Ends every question without an answer. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { end, linger } of this.#asking.values()) {
      linger?.cancel();
      end?.(STOPPED);
    }
    this.#asking.clear();
    await this.#shut();
  }

  async #answerTo(
    asking: Asking,
    signal: AbortSignal,
    send: (handler: Parameters<Transactions["send"]>[2]) => ClientTransaction,
  ): Promise<PnpAnswer> {
    const { scheduler } = this.#options;
    let onAbort = (): void => {};
    const answer = new Promise<PnpAnswer>((resolve) => {
      asking.end = resolve;
      onAbort = () => resolve(STOPPED);
    });
    signal.addEventListener("abort", onAbort);
    if (signal.aborted || this.#isClosed) onAbort();
    const deadline = scheduler.after(WAIT_MS, "PnP", () => asking.end?.({ kind: "none", reason: asking.problem }));
    // Other servers receive the request too: a refusal does not end it.
    const request = send({ response: () => {}, failed: () => {} });
    try {
      return await answer;
    } finally {
      asking.end = null;
      deadline.cancel();
      request.abandon();
      signal.removeEventListener("abort", onAbort);
    }
  }

  #open(): Opened {
    if (this.#opened !== null) return this.#opened;
    const { scheduler, random, openTransport } = this.#options;
    const transport = openTransport();
    const transactions = new Transactions({
      ...{ scheduler, random },
      listener: {
        request: (request, from) => this.#request(request, from),
        unusable: (request, from, status) => this.#answer(request, from, status),
      },
    });
    transport.listen({
      received: (bytes, from) => transactions.received(bytes, from),
      closed: () => {},
    });
    this.#opened = { transport, transactions };
    return this.#opened;
  }

  #request(notify: SipRequest, from: SipFlow): void {
    if (notify.method === "ACK") return;
    const asking = this.#asking.get(headerOf(notify, "Call-ID") ?? "");
    if (notify.method !== "NOTIFY" || asking === undefined || !answers(notify, asking.dialog))
      this.#answer(notify, from, 481);
    else if (!isProfileEvent(notify)) this.#answer(notify, from, 489);
    else this.#notified(notify, from, asking);
  }

  #notified(notify: SipRequest, from: SipFlow, asking: Asking): void {
    const notified = readNotify(notify);
    const sender = hostPort(from.remote.host, from.remote.port);
    this.#answer(notify, from, notified.kind === "unsupported" ? 415 : 200);
    if (notified.kind === "none") return;
    if (notified.kind !== "url") {
      asking.problem = `what ${sender} answers names no URL`;
      return;
    }
    const problem = this.#options.problemOf(notified.url);
    if (problem === null) asking.end?.({ kind: "url", url: notified.url, from: sender });
    else asking.problem = `${sender} answers with a URL that is not used: ${problem}`;
  }

  #answer(request: SipRequest, from: SipFlow, status: number): void {
    const headers = status === 415 ? [{ name: "Accept", value: URL_TYPES.join(", ") }] : [];
    answerStranger(this.#options.limit, request, from, status, { headers });
  }

  #forget(callId: string): void {
    this.#asking.delete(callId);
    if (this.#asking.size === 0) void this.#shut();
  }

  async #shut(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    opened?.transactions.abandon();
    await opened?.transport.close();
  }

  #token(): string {
    return randomToken(this.#options.random, TOKEN_BYTES);
  }
}

const STOPPED: PnpAnswer = { kind: "none", reason: "the phone stops" };
