import type { SipFlow } from "../../ports/sip.ts";
import type { CallLine, CallWay } from "../../sip/calls/call-line.ts";
import type { PhoneCalls } from "../../sip/calls/phone-calls.ts";
import type { SipRequest } from "../../sip/message/message.ts";
import { uriText } from "../../sip/message/uri.ts";
import type { LineStatus, SipAccount } from "../../sip/registration/account.ts";
import { Registration } from "../../sip/registration/registration.ts";
import type { SipStack } from "../../sip/stack.ts";
import { lineStateKey } from "../phone-keys.ts";
import type { SimulatedPhone } from "./behaviour.ts";
import { type CallHabits, codecsOf, dtmfOf } from "./call-settings.ts";
import { answerNotify } from "./notify.ts";
import { accountSetting } from "./sip-account.ts";

/** What the lines of one phone have in common. */
export interface SipLineParts {
  readonly phone: SimulatedPhone;
  readonly stack: SipStack;
  readonly userAgent: () => string;
  readonly habits: CallHabits;
  readonly calls: PhoneCalls;
}

/** One account of the phone. */
export class SipLine {
  readonly #parts: SipLineParts;
  readonly #number: number;
  #account: SipAccount | null = null;
  #registration: Registration | null = null;
  #detach = (): void => {};
  #releasePort = (): void => {};
  /** The settings of the registration, as text. */
  #made = "";
  #status: LineStatus = "Disabled";
  #reason: string | null = null;

  constructor(parts: SipLineParts, number: number) {
    this.#parts = parts;
    this.#number = number;
  }

  get status(): LineStatus {
    return this.#status;
  }

  /** Why the line is not up; empty if there is no reason. */
  get reason(): string {
    return this.#reason ?? "";
  }

  settingsChanged(): void {
    const wanted = this.#wanted();
    if (JSON.stringify(wanted) !== this.#made) this.register();
  }

  /** Starts again with the current settings. */
  register(): void {
    const wanted = this.#wanted();
    this.#made = JSON.stringify(wanted);
    const left = this.#leave();
    if (wanted.kind === "off") this.#turnOff(left);
    else if (wanted.kind === "incomplete") this.#enter("Error", wanted.reason);
    else this.#start(wanted.account);
  }

  /** Rejects with an Error if the line is not up. */
  async dial(target: string): Promise<void> {
    const registration = this.#registration;
    const way = this.#way();
    if (registration === null || this.#account === null || way === null) {
      throw new Error(`line ${this.#number} is not registered${this.#reason === null ? "" : `: ${this.#reason}`}`);
    }
    const uri = target.includes("@") ? `sip:${target}` : uriText(target, registration.domain ?? way.server.host, null);
    await this.#parts.calls.dial(uri, this.#callLine(registration, this.#account), way);
  }

  /** The domain of the account's address. */
  get domain(): string {
    return this.#registration?.domain ?? this.#account?.servers[0]?.host ?? "";
  }

  #way(): CallWay | null {
    const { flow = null, domain = null } = this.#registration ?? {};
    if (flow === null || domain === null) return null;
    return { flow, server: { host: domain, port: null, protocol: null }, proxy: this.#account?.proxy ?? null };
  }

  #wanted(): ReturnType<typeof accountSetting> {
    return accountSetting(this.#parts.phone.setting, this.#number, this.#parts.userAgent());
  }

  #start(account: SipAccount): void {
    const { stack, phone } = this.#parts;
    const registration = new Registration({
      ...{ stack, account },
      isConnected: () => phone.environment.isConnected(),
      changed: (status, reason) => {
        if (this.#registration === registration) this.#enter(status, reason);
      },
    });
    this.#account = account;
    this.#registration = registration;
    this.#releasePort = stack.usePort(account.localPort);
    this.#detach = stack.attach(registration.line, {
      request: (request, from) => this.#request(request, from, registration, account),
      closed: (flow) => registration.closed(flow),
    });
    registration.start();
  }

  #request(request: SipRequest, from: SipFlow, registration: Registration, account: SipAccount): void {
    const { phone, calls, stack } = this.#parts;
    // Without network nothing arrives.
    if (!phone.environment.isConnected()) return;
    const isNotify = request.method === "NOTIFY";
    if (isNotify) answerNotify(request, from, { stack, account, realm: this.domain, environment: phone.environment });
    else calls.request(request, from, this.#callLine(registration, account));
  }

  #callLine(registration: Registration, account: SipAccount): CallLine {
    const { phone, habits } = this.#parts;
    return {
      number: this.#number,
      address: uriText(account.user, this.domain, null),
      display: account.display,
      login: { name: account.authName, password: account.password },
      userAgent: account.userAgent,
      codecs: codecsOf(phone.setting, this.#number),
      ...dtmfOf(phone.setting, this.#number),
      voice: habits.voice,
      contactUri: (flow) => registration.contactUri(flow),
    };
  }

  powerOff(): void {
    void this.#leave();
    this.#made = "";
    if (this.#status !== "Disabled") this.#status = "Initializing";
    this.#reason = null;
  }

  /** Resolves when the registrar has been notified; null: that was not needed. */
  #leave(): Promise<void> | null {
    const registration = this.#registration;
    this.#registration = null;
    this.#account = null;
    this.#detach();
    this.#detach = () => {};
    const release = this.#releasePort;
    this.#releasePort = () => {};
    if (registration === null || !registration.mayBeKnown) {
      registration?.drop();
      release();
      return null;
    }
    const left = registration.stop();
    // The registrar's answer and running calls still use the old port.
    void left.then(() => this.#parts.calls.whenIdle(release));
    return left;
  }

  #turnOff(left: Promise<void> | null): void {
    if (left === null) {
      this.#enter("Disabled", null);
      return;
    }
    this.#enter("Unregistering", null);
    void left.then(() => {
      if (this.#registration === null && this.#status === "Unregistering") this.#enter("Disabled", null);
    });
  }

  #enter(status: LineStatus, reason: string | null): void {
    const before = this.#status;
    if (before === status && this.#reason === reason) return;
    this.#status = status;
    this.#reason = reason;
    const facts = { account: this.#number, ...(reason === null ? {} : { reason }) };
    if (status === "Error") this.#parts.phone.log.warn(facts, "The line is not registered");
    else if (status === "Up") this.#parts.phone.log.info(facts, "The line is registered");
    if (before !== status) {
      this.#parts.phone.report([{ key: lineStateKey(this.#number), before, after: status }]);
    }
  }
}
