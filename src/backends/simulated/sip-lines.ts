import type { BackendKey } from "../../ports/backend.ts";
import type { LineStatus } from "../../sip/registration/account.ts";
import { Registration } from "../../sip/registration/registration.ts";
import type { SipStack } from "../../sip/stack.ts";
import { accountOf, lineReasonKey, lineResetKey, lineStateKey } from "../phone-keys.ts";
import type { Behaviour, BehaviourFactory, SimulatedPhone } from "./behaviour.ts";
import { accountSetting } from "./sip-account.ts";

export interface SipLines {
  /** Shared by the phones of this process. */
  readonly stack: SipStack;
  readonly accounts: number;
  /** What the phone calls itself, with the firmware that runs. */
  readonly userAgent: () => string;
}

/** Settings that a registration is made of. */
const SECTIONS = /^Config\.Account\d+\.(?:GENERAL|SIP|REG|OUTPROXY|NAT)\./;

/** Lines that register at the server that their account names. */
export function sipLinesBehaviour(options: SipLines): BehaviourFactory {
  return (phone) => createLines(phone, options);
}

function createLines(phone: SimulatedPhone, options: SipLines): Behaviour {
  const lines = Array.from({ length: options.accounts }, (_, index) => new SipLine(phone, options, index + 1));
  const lineOf = (key: BackendKey, keyFor: (account: number) => BackendKey): SipLine | undefined => {
    const account = accountOf(key);
    return account !== null && keyFor(account) === key ? lines[account - 1] : undefined;
  };
  const read = (key: BackendKey): string | undefined =>
    lineOf(key, lineStateKey)?.status ?? lineOf(key, lineReasonKey)?.reason;
  return {
    supports: (key) => read(key) !== undefined || lineOf(key, lineResetKey) !== undefined,
    read,
    settingsChanged(keys) {
      const touched = new Set(keys.filter((key) => SECTIONS.test(key)).map(accountOf));
      for (const account of touched) if (account !== null) lines[account - 1]?.settingsChanged();
    },
    act: (key) => lineOf(key, lineResetKey)?.register(),
    linkChanged: () => lines.forEach((line) => void line.register()),
    powerOn: () => lines.forEach((line) => void line.register()),
    powerOff: () => lines.forEach((line) => void line.powerOff()),
  };
}

/** One account of the phone. */
class SipLine {
  readonly #phone: SimulatedPhone;
  readonly #options: SipLines;
  readonly #number: number;
  #registration: Registration | null = null;
  #detach = (): void => {};
  /** The settings that the registration is made of, as text. */
  #made = "";
  #status: LineStatus = "Disabled";
  #reason: string | null = null;

  constructor(phone: SimulatedPhone, options: SipLines, number: number) {
    this.#phone = phone;
    this.#options = options;
    this.#number = number;
  }

  get status(): LineStatus {
    return this.#status;
  }

  /** Why the line is not up; empty while there is nothing to say. */
  get reason(): string {
    return this.#reason ?? "";
  }

  settingsChanged(): void {
    const { setting } = this.#phone;
    const wanted = accountSetting(setting, this.#number, this.#options.userAgent());
    if (JSON.stringify(wanted) !== this.#made) this.register();
  }

  /** As the settings are now, from the beginning. */
  register(): void {
    const wanted = accountSetting(this.#phone.setting, this.#number, this.#options.userAgent());
    this.#made = JSON.stringify(wanted);
    const left = this.#leave();
    if (wanted.kind === "off") this.#turnOff(left);
    else if (wanted.kind === "incomplete") this.#enter("Error", wanted.reason);
    else {
      const { stack } = this.#options;
      const registration = new Registration({
        stack,
        account: wanted.account,
        isConnected: () => this.#phone.surroundings.isConnected(),
        changed: (status, reason) => {
          if (this.#registration === registration) this.#enter(status, reason);
        },
      });
      this.#registration = registration;
      this.#detach = stack.attach(registration.line, {
        request: (request, from) => {
          if (request.method !== "ACK") stack.answerStranger(request, from, 480);
        },
        closed: (flow) => registration.closed(flow),
      });
      registration.start();
    }
  }

  powerOff(): void {
    void this.#leave();
    this.#made = "";
    if (this.#status !== "Disabled") this.#status = "Initializing";
    this.#reason = null;
  }

  /** Resolves when the registrar has been told; null: there was nothing to tell it. */
  #leave(): Promise<void> | null {
    const registration = this.#registration;
    this.#registration = null;
    this.#detach();
    this.#detach = () => {};
    if (registration === null || registration.flow === null) {
      registration?.drop();
      return null;
    }
    return registration.stop();
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
    if (status === "Error") this.#phone.log.warn(facts, "The line is not registered");
    else if (status === "Up") this.#phone.log.info(facts, "The line is registered");
    if (before !== status) {
      this.#phone.report([{ key: lineStateKey(this.#number), before, after: status }]);
    }
  }
}
