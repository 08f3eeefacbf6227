import type { Timer } from "../../ports/clock.ts";
import type { SipFlow, SipTarget } from "../../ports/sip.ts";
import type { SipServer } from "../locate.ts";
import { NO_BODY, type SipHeader, type SipResponse } from "../message/message.ts";
import { nameAddressText, uriText } from "../message/uri.ts";
import { LINE_PARAM, type SipStack } from "../stack.ts";
import type { ClientTransaction } from "../transactions/client.ts";
import { type LineStatus, proxyRoute, type SipAccount, serverText } from "./account.ts";
import { Credentials } from "./credentials.ts";
import { keepAliveMs, reconnectMs, refreshMs, retryMs } from "./delays.ts";
import { type Attempt, type Challenger, judge, type Verdict } from "./verdict.ts";

export interface RegistrationOptions {
  readonly stack: SipStack;
  readonly account: SipAccount;
  /** Whether the phone has a network. */
  readonly isConnected: () => boolean;
  /** `reason` says why the line is not up; null while there is nothing to say. */
  readonly changed: (status: LineStatus, reason: string | null) => void;
}

type Final = Extract<Verdict, { readonly kind: "registered" | "moved" | "unavailable" | "refused" }>;
type Failed = Extract<Verdict, { readonly kind: "unavailable" | "refused" }>;

/** Where the phone registers. */
interface Place {
  readonly flow: SipFlow;
  /** The Request-URI. */
  readonly server: SipServer;
  /** Of the account's address. */
  readonly domain: string;
}

const KEEP_ALIVE = Buffer.from("\r\n\r\n");
const TOKEN_BYTES = 8;

/** Keeps one account registered (RFC 3261 10.2): one object from its settings until they change. */
export class Registration {
  /** What requests for this account have in their Request-URI. */
  readonly line: string;
  readonly #options: RegistrationOptions;
  /** The one timer at rest: the next keep-alive, or when the registration is asked for again. */
  #timer: Timer | null = null;
  /** When the registration is to be refreshed, on the monotonic clock. */
  #refreshAtMs = 0;
  readonly #credentials: Credentials;
  readonly #callId: string;
  readonly #tag: string;
  #sequence = 0;
  #askSeconds: number;
  #failures = 0;
  #place: Place | null = null;
  /** Counts up whenever what is under way is given up. */
  #era = 0;
  #underWay: ClientTransaction | null = null;

  constructor(options: RegistrationOptions) {
    const { stack, account } = options;
    const token = (): string => Buffer.from(stack.random.bytes(TOKEN_BYTES)).toString("hex");
    this.#options = options;
    this.#credentials = new Credentials(stack.random, { name: account.authName, password: account.password });
    this.line = token();
    this.#callId = token();
    this.#tag = token();
    this.#askSeconds = account.expiresSeconds;
  }

  /** The way to the registrar that keeps this phone; null while none does. */
  get flow(): SipFlow | null {
    return this.#place?.flow ?? null;
  }

  /** The domain of the account's address there; null while none does. */
  get domain(): string | null {
    return this.#place?.domain ?? null;
  }

  /** Registers, or does so anew at once: after a change of the network, or when asked to. */
  start(): void {
    this.#giveUp();
    this.#options.changed("Registering", null);
    void this.#everyServer(this.#era);
  }

  /** Ends without a word: the phone has no power, or no network. */
  drop(): void {
    this.#giveUp();
    this.#place = null;
  }

  /** Tells the registrar that the phone is gone, where it is registered; resolves when that is done or given up. */
  async stop(): Promise<void> {
    this.#giveUp();
    const place = this.#place;
    this.#place = null;
    if (place === null || !this.#options.isConnected()) return;
    this.#options.changed("Unregistering", null);
    await this.#exchange(place, 0, this.#era);
  }

  /** A connection has ended. */
  closed(flow: SipFlow): void {
    if (this.#place?.flow !== flow) return;
    this.#wait(reconnectMs(this.#options.stack.random), () => this.start());
  }

  /** The Contact of this phone on that way. */
  contactUri(flow: SipFlow): string {
    const { user } = this.#options.account;
    const transport = flow.protocol === "UDP" ? "" : `;transport=${flow.protocol.toLowerCase()}`;
    return `${uriText(user, flow.local.host, flow.local.port)}${transport};${LINE_PARAM}=${this.line}`;
  }

  #giveUp(): void {
    this.#era++;
    this.#underWay?.abandon();
    this.#underWay = null;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #wait(afterMs: number, run: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#options.stack.scheduler.after(afterMs, "SIP registration", run);
  }

  async #everyServer(era: number): Promise<void> {
    let failure: Failed = { kind: "unavailable", reason: "the phone has no network", retryAfterSeconds: null };
    const servers = this.#options.isConnected() ? this.#options.account.servers : [];
    for (const server of servers) {
      const verdict = await this.#oneServer(server, server.host, era);
      if (this.#era !== era || verdict === null) return;
      failure = { ...verdict, reason: `${serverText(server)}: ${verdict.reason}` };
      if (verdict.kind === "refused") break;
    }
    this.#failed(failure);
  }

  /** Null: registered, or given up meanwhile. */
  async #oneServer(server: SipServer, domain: string, era: number, redirects = 0): Promise<Failed | null> {
    let failure: Failed = { kind: "unavailable", reason: "it has no address", retryAfterSeconds: null };
    for (const target of await this.#targets(server)) {
      if (this.#era !== era) return null;
      if ("problem" in target) return { ...failure, reason: target.problem };
      const verdict = await this.#oneTarget(target, { server, domain }, era, redirects);
      if (verdict === null || this.#era !== era || verdict.kind === "registered") return null;
      if (verdict.kind === "moved") return this.#oneServer(verdict.to, domain, era, redirects + 1);
      failure = verdict;
      if (verdict.kind === "refused") break;
    }
    return failure;
  }

  async #targets(server: SipServer): Promise<readonly (SipTarget | { readonly problem: string })[]> {
    try {
      return await this.#options.stack.locate(this.#options.account.proxy ?? server);
    } catch (error) {
      return [{ problem: problemOf(error) }];
    }
  }

  async #oneTarget(
    target: SipTarget,
    where: Omit<Place, "flow">,
    era: number,
    redirects: number,
  ): Promise<Final | null> {
    const { stack, account } = this.#options;
    let flow: SipFlow;
    try {
      flow = await stack.open(target, account.localPort);
    } catch (error) {
      return { kind: "unavailable", reason: problemOf(error), retryAfterSeconds: null };
    }
    if (this.#era !== era) return null;
    this.#credentials.forget();
    const place = { ...where, flow };
    const verdict = await this.#exchange(place, this.#askSeconds, era, redirects);
    if (verdict?.kind === "registered") this.#registered(place, verdict.expiresSeconds);
    return verdict;
  }

  #registered(place: Place, expiresSeconds: number): void {
    const { stack, changed } = this.#options;
    this.#place = place;
    this.#failures = 0;
    this.#refreshAtMs = stack.clock.monotonic() + refreshMs(expiresSeconds, stack.random);
    this.#rest();
    changed("Up", null);
  }

  #refresh(): void {
    const place = this.#place;
    const era = this.#era;
    if (place === null || !this.#options.isConnected()) this.start();
    else void this.#exchange(place, this.#askSeconds, era).then((verdict) => this.#refreshed(place, verdict, era));
  }

  #refreshed(place: Place, verdict: Final | null, era: number): void {
    if (this.#era !== era || verdict === null) return;
    if (verdict.kind === "registered") this.#registered(place, verdict.expiresSeconds);
    else this.start();
  }

  #failed({ reason, retryAfterSeconds }: Failed): void {
    const { stack, changed } = this.#options;
    this.#place = null;
    this.#failures++;
    this.#wait(retryMs(this.#failures, retryAfterSeconds, stack.random), () => this.start());
    changed("Error", reason);
  }

  /** Reminds a NAT of the way back until the registration is to be refreshed. */
  #rest(): void {
    const { stack, account, isConnected } = this.#options;
    const leftMs = Math.max(0, this.#refreshAtMs - stack.clock.monotonic());
    const { keepAliveSeconds } = account;
    const aliveMs = keepAliveSeconds === 0 ? Number.POSITIVE_INFINITY : keepAliveMs(keepAliveSeconds, stack.random);
    if (leftMs <= aliveMs) {
      this.#wait(leftMs, () => this.#refresh());
      return;
    }
    this.#wait(aliveMs, () => {
      if (isConnected()) this.#place?.flow.send(KEEP_ALIVE);
      this.#rest();
    });
  }

  /** One REGISTER, again with what the registrar asks for. Null: given up meanwhile. */
  async #exchange(place: Place, seconds: number, era: number, redirects = 0): Promise<Final | null> {
    const answered: Challenger[] = [];
    for (let askedSeconds = seconds; ; ) {
      const response = await this.#ask(place, askedSeconds);
      if (this.#era !== era) return null;
      if (typeof response === "string") return { kind: "unavailable", reason: response, retryAfterSeconds: null };
      // What a registrar still has to say to a phone that leaves does not matter, but for its challenge.
      const hasPassword = this.#options.account.password !== "";
      const attempt: Attempt = { contactLine: this.line, askedSeconds, hasPassword, answered, redirects };
      const verdict = judge(response, attempt);
      if (verdict.kind === "challenged") {
        this.#credentials.take(verdict.by, verdict.challenge);
        answered.push(verdict.by);
      } else if (verdict.kind === "tooBrief" && seconds > 0) {
        askedSeconds = verdict.minSeconds;
        this.#askSeconds = verdict.minSeconds;
      } else if (verdict.kind === "tooBrief") return null;
      else return verdict;
    }
  }

  /** The final response, or why there is none. */
  #ask(place: Place, seconds: number): Promise<SipResponse | string> {
    const { server, flow } = place;
    const uri = uriText("", server.host, server.port === 5060 ? null : server.port);
    const headers = this.#headers(place, seconds, uri);
    return new Promise((resolve) => {
      const end = (how: SipResponse | string): void => {
        this.#underWay = null;
        resolve(how);
      };
      const handler = {
        response: (response: SipResponse) => {
          if (response.status >= 200) end(response);
        },
        failed: end,
      };
      const request = { kind: "request", method: "REGISTER", uri, headers, body: NO_BODY } as const;
      this.#underWay = this.#options.stack.transactions.send(request, flow, handler);
    });
  }

  #headers({ flow, domain }: Place, seconds: number, uri: string): readonly SipHeader[] {
    const { user, display, userAgent } = this.#options.account;
    const own = uriText(user, domain, null);
    return [
      { name: "Max-Forwards", value: "70" },
      ...proxyRoute(this.#options.account.proxy),
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

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
