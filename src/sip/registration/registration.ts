import type { Timer } from "../../ports/clock.ts";
import type { SipFlow } from "../../ports/sip.ts";
import type { SipServer } from "../locate.ts";
import type { SipStack } from "../stack.ts";
import { type LineStatus, type SipAccount, serverText } from "./account.ts";
import { keepAliveMs, reconnectMs, refreshMs, retryMs } from "./delays.ts";
import { type Final, type Place, RegisterRequests } from "./register-requests.ts";

export interface RegistrationOptions {
  readonly stack: SipStack;
  readonly account: SipAccount;
  /** Whether the phone has a network. */
  readonly isConnected: () => boolean;
  /** `reason`: why the line is not up; null if there is none. */
  readonly changed: (status: LineStatus, reason: string | null) => void;
}

type Failed = Extract<Final, { readonly kind: "unavailable" | "refused" }>;

const KEEP_ALIVE = Buffer.from("\r\n\r\n");

/** Keeps one account registered (RFC 3261 10.2): one object from its settings until they change. */
export class Registration {
  readonly #options: RegistrationOptions;
  readonly #requests: RegisterRequests;
  /** The one timer at rest: the next keep-alive, or when the registration is asked for again. */
  #timer: Timer | null = null;
  /** When the registration is to be refreshed, on the monotonic clock. */
  #refreshAtMs = 0;
  #failures = 0;
  #place: Place | null = null;
  /** Incremented whenever pending work is aborted. */
  #era = 0;

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#requests = new RegisterRequests(options.stack, options.account);
  }

  /** What requests for this account have in their Request-URI. */
  get line(): string {
    return this.#requests.line;
  }

  /** The way to the registrar that keeps this phone; null while none does. */
  get flow(): SipFlow | null {
    return this.#place?.flow ?? null;
  }

  /** The domain of the account's address there; null while none does. */
  get domain(): string | null {
    return this.#place?.domain ?? null;
  }

  /** Whether a registrar has this phone, or may have it: one that is just being asked. */
  get mayBeKnown(): boolean {
    return this.#place !== null || this.#requests.isUnderWay;
  }

  /** Registers, or does so anew at once: after a change of the network, or when asked to. */
  start(): void {
    this.#giveUp();
    this.#options.changed("Registering", null);
    void this.#everyServer(this.#era);
  }

  /** Ends silently: the phone has no power, or no network. */
  drop(): void {
    this.#giveUp();
    this.#place = null;
  }

  /** Unregisters at all registrars that may have this phone; resolves when that is done or given up. */
  async stop(): Promise<void> {
    const place = this.#place;
    if (!this.mayBeKnown || !this.#options.isConnected()) return this.drop();
    this.#era++;
    this.#timer?.cancel();
    this.#timer = null;
    this.#place = null;
    this.#options.changed("Unregistering", null);
    await this.#requests.leave(place);
  }

  /** A connection has ended. */
  closed(flow: SipFlow): void {
    if (this.#place?.flow !== flow) return;
    this.#wait(reconnectMs(this.#options.stack.random), () => this.start());
  }

  /** The Contact of this phone on that way. */
  contactUri(flow: SipFlow): string {
    return this.#requests.contactUri(flow);
  }

  #giveUp(): void {
    this.#era++;
    this.#requests.giveUp();
    this.#timer?.cancel();
    this.#timer = null;
  }

  #wait(afterMs: number, run: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#options.stack.scheduler.after(afterMs, "SIP registration", run);
  }

  async #everyServer(era: number): Promise<void> {
    let failure = unavailable("the phone has no network");
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
    const { stack, account } = this.#options;
    const targets = await orProblem(stack.locate(account.proxy ?? server));
    if (typeof targets === "string") return unavailable(targets);
    let failure: Failed | null = null;
    for (const target of targets) {
      if (this.#era !== era) return null;
      const flow = await orProblem(stack.open(target, account.localPort));
      if (this.#era !== era) return null;
      // The answer of one address is not hidden by another address that cannot be reached.
      if (typeof flow === "string") failure ??= unavailable(flow);
      else {
        const verdict = await this.#oneTarget({ server, domain, flow }, redirects);
        if (verdict === null || this.#era !== era || verdict.kind === "registered") return null;
        if (verdict.kind === "moved") return this.#oneServer(verdict.to, domain, era, redirects + 1);
        failure = verdict;
        if (verdict.kind === "refused") break;
      }
    }
    return failure ?? unavailable("it has no address");
  }

  async #oneTarget(place: Place, redirects: number): Promise<Final | null> {
    this.#requests.forgetNonces();
    const verdict = await this.#requests.register(place, redirects);
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
    else void this.#requests.register(place).then((verdict) => this.#refreshed(place, verdict, era));
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

  /** Sends NAT keep-alives until the registration must be refreshed. */
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
}

function unavailable(reason: string): Failed {
  return { kind: "unavailable", reason, retryAfterSeconds: null };
}

/** The result, or the failure. */
function orProblem<T>(promise: Promise<T>): Promise<T | string> {
  return promise.catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
}
