import type { BackendKey } from "../../ports/backend.ts";
import type { CallView } from "../../sip/calls/call-line.ts";
import { PhoneCalls } from "../../sip/calls/phone-calls.ts";
import type { SipStack } from "../../sip/stack.ts";
import { accountOf, lineCallsKey, lineReasonKey, lineResetKey, lineStateKey } from "../phone-keys.ts";
import type { Behaviour, BehaviourFactory, SimulatedPhone } from "./behaviour.ts";
import { type CallHabits, incomingPolicy } from "./call-settings.ts";
import { SipLine } from "./sip-line.ts";

export interface SipLines {
  /** Shared by the phones of this process. */
  readonly stack: SipStack;
  readonly accounts: number;
  /** The phone's user agent, with the running firmware. */
  readonly userAgent: () => string;
  readonly habits: CallHabits;
}

/** Settings that affect a registration. */
const SECTIONS = /^Config\.Account\d+\.(?:GENERAL|SIP|REG|OUTPROXY|NAT)\./;

/** Lines that register at the server of their account, and call. */
export function sipLinesBehaviour(options: SipLines): BehaviourFactory {
  return (phone) => createLines(phone, options);
}

function createLines(phone: SimulatedPhone, { stack, accounts, userAgent, habits }: SipLines): Behaviour {
  const calls = new PhoneCalls({
    stack,
    policy: (line, count) => incomingPolicy(phone.setting, habits, count, lines[line - 1]?.domain ?? ""),
    failed: ({ line, with: called }, reason) =>
      phone.log.info({ account: line, called, reason }, "A call was not answered"),
  });
  const parts = { phone, stack, userAgent, habits, calls };
  const lines: readonly SipLine[] = Array.from({ length: accounts }, (_, index) => new SipLine(parts, index + 1));
  const lineOf = (key: BackendKey, keyFor: (account: number) => BackendKey): SipLine | undefined => {
    const account = accountOf(key);
    return account !== null && keyFor(account) === key ? lines[account - 1] : undefined;
  };
  const read = (key: BackendKey): string | undefined => {
    if (lineOf(key, lineCallsKey) !== undefined) return callsText(calls.views, accountOf(key));
    return lineOf(key, lineStateKey)?.status ?? lineOf(key, lineReasonKey)?.reason;
  };
  const registerAll = (): void => {
    for (const line of lines) line.register();
  };
  phone.handset.onUse({
    async dial(account, number) {
      const line = lines[account - 1];
      if (line === undefined) throw new Error(`the phone has no account ${account}`);
      await line.dial(number);
    },
    hangUp: () => calls.hangUp(),
  });
  return {
    supports: (key) => read(key) !== undefined || lineOf(key, lineResetKey) !== undefined,
    read,
    settingsChanged(keys) {
      const touched = new Set(keys.filter((key) => SECTIONS.test(key)).map(accountOf));
      for (const account of touched) if (account !== null) lines[account - 1]?.settingsChanged();
    },
    act: (key) => lineOf(key, lineResetKey)?.register(),
    linkChanged() {
      if (!phone.environment.isConnected()) calls.drop();
      registerAll();
    },
    powerOn: registerAll,
    powerOff() {
      if (phone.environment.isConnected()) calls.hangUp();
      else calls.drop();
      for (const line of lines) line.powerOff();
    },
  };
}

/** `InCall with sip:1002@pbx; Ringing from sip:1003@pbx`; empty: none. */
function callsText(views: readonly CallView[], account: number | null): string {
  return views
    .filter(({ line }) => line === account)
    .map(({ state, direction, with: other }) => `${state} ${direction === "incoming" ? "from" : "to"} ${other}`)
    .join("; ");
}
