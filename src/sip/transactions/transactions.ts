import type { Scheduler } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { SipFlow } from "../../ports/sip.ts";
import { cseqOf, headerOf, listOf, type SipRequest, type SipResponse } from "../message/message.ts";
import { parseMessage } from "../message/parse.ts";
import { responseBytes } from "../message/response.ts";
import { parseNameAddress } from "../message/uri.ts";
import { MAGIC_COOKIE, parseVia, topVia, type Via, viaText } from "../message/via.ts";
import { writeMessage } from "../message/write.ts";
import { randomToken } from "../token.ts";
import { type ClientHandler, ClientTransaction, cancelOf, type OutgoingRequest } from "./client.ts";
import { requestFault } from "./request-fault.ts";
import { ServerTransaction } from "./server.ts";

/** Receives requests that belong to no transaction yet. */
export interface RequestListener {
  /** Good in form. An ACK here is that of a 2xx. */
  request(request: SipRequest, from: SipFlow): void;
  /** One that must be refused whatever it asks for; never an ACK. */
  unusable(request: SipRequest, from: SipFlow, status: number, reason?: string): void;
}

export interface TransactionsOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly listener: RequestListener;
}

/** Requests that are being answered, or were a moment ago, at a time: about 2 kB each. */
const MAX_SERVED = 2_000;
const BRANCH_BYTES = 10;

/** The transactions of one process, for all its phones (RFC 3261 17): by the branch that each request gets here. */
export class Transactions {
  readonly #options: TransactionsOptions;
  readonly #clients = new Map<string, ClientTransaction>();
  readonly #servers = new Map<string, ServerTransaction>();

  constructor(options: TransactionsOptions) {
    this.#options = options;
  }

  /** Requests of ours that wait for an answer. */
  get waiting(): number {
    return this.#clients.size;
  }

  /** Sends a request that has no Via yet. */
  send(request: OutgoingRequest, flow: SipFlow, handler: ClientHandler): ClientTransaction {
    const branch = this.#newBranch();
    return this.#start(withVia(request, flow, branch), flow, handler, branch);
  }

  /** CANCEL for an INVITE under way, whose own answer then comes, or fails to within 32 seconds. */
  cancel(invite: ClientTransaction): void {
    invite.cancelled();
    this.#start(cancelOf(invite.request), invite.flow, { response: () => {}, failed: () => {} }, invite.branch);
  }

  /** The ACK of a 2xx: it belongs to no transaction, and has no answer. */
  sendOnce(request: OutgoingRequest, flow: SipFlow): void {
    flow.send(writeMessage(withVia(request, flow, this.#newBranch())));
  }

  /**
   * Answers that request from now on, its repetitions included. Null: too many are being answered. Where there are too many that
   * wait for repetitions alone, the oldest of those is forgotten: a registrar is not deaf for half a minute after each outage.
   */
  serve(request: SipRequest, from: SipFlow): ServerTransaction | null {
    if (this.#servers.size >= MAX_SERVED && !this.#forgetOne()) return null;
    const key = serverKey(request, request.method);
    const { scheduler } = this.#options;
    const flow = answerFlow(request, from);
    const transaction = new ServerTransaction(request, { scheduler, flow, ended: () => this.#servers.delete(key) });
    this.#servers.set(key, transaction);
    return transaction;
  }

  #forgetOne(): boolean {
    for (const one of this.#servers.values()) {
      if (!one.isRepeatable) continue;
      one.abandon();
      return true;
    }
    return false;
  }

  /** The transaction of the INVITE that a CANCEL is for (RFC 3261 9.2). */
  cancelled(cancel: SipRequest): ServerTransaction | null {
    return this.#servers.get(serverKey(cancel, "INVITE")) ?? null;
  }

  received(bytes: Uint8Array, from: SipFlow): void {
    const message = parseMessage(bytes);
    if (message === null) return;
    if (message.kind === "response") this.#response(message);
    else this.#request(message, from);
  }

  closed(flow: SipFlow, reason: string): void {
    for (const client of [...this.#clients.values()]) if (client.flow === flow) client.closed(reason);
  }

  /** Forgets everything: nothing more is sent. */
  abandon(): void {
    for (const one of [...this.#clients.values(), ...this.#servers.values()]) one.abandon();
  }

  #start(request: OutgoingRequest, flow: SipFlow, handler: ClientHandler, branch: string): ClientTransaction {
    const key = clientKey(request.method, branch);
    const { scheduler } = this.#options;
    const ended = (): void => void this.#clients.delete(key);
    const client = new ClientTransaction(request, { scheduler, flow, handler, branch, ended });
    this.#clients.set(key, client);
    client.start();
    return client;
  }

  #newBranch(): string {
    return `${MAGIC_COOKIE}${randomToken(this.#options.random, BRANCH_BYTES)}`;
  }

  #response(response: SipResponse): void {
    // More than one Via: it is for another element (RFC 3261 8.1.3.3).
    const [via, ...others] = listOf(response, "Via");
    if (response.fault !== null || via === undefined || others.length > 0) return;
    const branch = parseVia(via)?.params.get("branch") ?? "";
    this.#clients.get(clientKey(cseqOf(response)?.method ?? "", branch))?.received(response);
  }

  #request(request: SipRequest, from: SipFlow): void {
    const isAck = request.method === "ACK";
    const fault = requestFault(request);
    if (fault !== null) {
      // Without a Via the answer has no destination.
      const isAnswered = !isAck && headerOf(request, "Via") !== undefined;
      if (isAnswered) this.#options.listener.unusable(request, from, fault.status, fault.reason);
      return;
    }
    const known = this.#servers.get(serverKey(request, isAck ? "INVITE" : request.method));
    if (known === undefined) this.#options.listener.request(request, from);
    else if (!isAck) known.repeated();
    else {
      known.acknowledged();
      // The ACK of a 2xx may have the INVITE's branch: it is passed to the call.
      this.#options.listener.request(request, from);
    }
  }
}

/** Where the answers to a request go (RFC 3261 18.2.2, RFC 3581). */
export function answerFlow(request: SipRequest, from: SipFlow): SipFlow {
  const via = topVia(request);
  if (from.toPort === undefined || via === null || via.params.has("rport")) return from;
  return from.toPort(via.port ?? DEFAULT_PORT);
}

/** An answer outside a transaction, for requests that change nothing (RFC 3261 8.2.7). */
export function statelessAnswer(...call: Parameters<typeof responseBytes>): {
  readonly flow: SipFlow;
  readonly bytes: Uint8Array;
} {
  const [request, from] = call;
  return { flow: answerFlow(request, from), bytes: responseBytes(...call) };
}

const DEFAULT_PORT = 5060;

function withVia(request: OutgoingRequest, flow: SipFlow, branch: string): OutgoingRequest {
  const via = { name: "Via", value: viaText(flow.protocol, flow.local, branch) };
  return { ...request, headers: [via, ...request.headers] };
}

/** RFC 3261 17.1.3. */
function clientKey(method: string, branch: string): string {
  return `${method} ${branch}`;
}

/** RFC 3261 17.2.3; the rules of RFC 2543 for peers whose branch does not begin with the cookie, or says nothing more. */
function serverKey(request: SipRequest, method: string): string {
  const via = topVia(request);
  const branch = via?.params.get("branch") ?? "";
  const sender = senderOf(via);
  if (branch.startsWith(MAGIC_COOKIE) && branch.length > MAGIC_COOKIE.length) return `${method} ${branch} ${sender}`;
  const tag = parseNameAddress(headerOf(request, "From") ?? "")?.params.get("tag") ?? "";
  return [method, sender, branch, request.uri, tag, headerOf(request, "Call-ID"), cseqOf(request)?.number].join(" ");
}

function senderOf(via: Via | null): string {
  return via === null ? "" : `${via.host.toLowerCase()}:${via.port ?? DEFAULT_PORT}`;
}
