import type { BackendKey } from "../../ports/backend.ts";
import type { Timer } from "../../ports/clock.ts";
import { accountKey, accountOf, isOn, lineResetKey, lineStateKey } from "../phone-keys.ts";
import type { Behaviour, BehaviourFactory, SimulatedPhone } from "./behaviour.ts";
import { matchesAny } from "./name-pattern.ts";

/** `Line.{i}.Status` of TR-104, as far as it comes up here. */
type LineState = "Disabled" | "Initializing" | "Registering" | "Up" | "Error";

/** What registrars do with which lines; `*` in a pattern stands for any text. */
export interface Registrars {
  /** Servers that never answer. */
  readonly unreachable: readonly string[];
  /** User names that a registrar refuses. */
  readonly refused: readonly string[];
}

/** How long a registrar takes to answer. */
const FASTEST_MS = 500;
const SLOWEST_MS = 2_000;
/** A phone gives up waiting after 64 times T1 (RFC 3261 17.1.2.2, timer F), and tries again after that and a while. */
const NO_ANSWER_MS = 32_000;
const AGAIN_MS = 60_000;

/** What makes a phone register again. */
const ITEMS = ["GENERAL.Enable", "GENERAL.UserName", "GENERAL.AuthName", "GENERAL.Pwd", "SIP.Server", "SIP.Port"];
const WILLING: Registrars = { unreachable: [], refused: [] };

/**
 * Lines register when their account is on and has a server and a user name. Nobody is asked: after a moment they are up,
 * or in error where the rules say so, or the phone has no network. An account that is on and lacks one of them is in error.
 */
export function lineRegistrationBehaviour(accounts: number, registrars: Registrars = WILLING): BehaviourFactory {
  return (phone) => createLines(phone, accounts, registrars);
}

function createLines(phone: SimulatedPhone, accounts: number, registrars: Registrars): Behaviour {
  /** A line that is not here is disabled. */
  const states = new Map<number, LineState>();
  const answers = new Map<number, Timer>();
  const accountIn = (key: BackendKey, keyFor: (account: number) => BackendKey): number | null => {
    const account = accountOf(key);
    return account !== null && account <= accounts && keyFor(account) === key ? account : null;
  };

  function enter(account: number, state: LineState): void {
    const before = states.get(account) ?? "Disabled";
    if (state === "Disabled") states.delete(account);
    else states.set(account, state);
    if (before !== state) phone.report([{ key: lineStateKey(account), before, after: state }]);
  }

  function later(account: number, delayMs: number, run: () => void): void {
    answers.set(account, phone.scheduler.after(delayMs, `registration of line ${account}`, run));
  }

  function register(account: number): void {
    answers.get(account)?.cancel();
    const wanted = wantedState(phone, account);
    enter(account, wanted);
    if (wanted !== "Registering") return;
    if (isAnswered(phone, account, registrars)) {
      const answer = isRefused(phone, account, registrars) ? "Error" : "Up";
      later(account, phone.random.between(FASTEST_MS, SLOWEST_MS), () => enter(account, answer));
      return;
    }
    later(account, NO_ANSWER_MS, () => {
      enter(account, "Error");
      later(account, AGAIN_MS, () => register(account));
    });
  }

  const all = Array.from({ length: accounts }, (_, index) => index + 1);
  return {
    supports: (key) => accountIn(key, lineStateKey) !== null || accountIn(key, lineResetKey) !== null,
    read(key) {
      const account = accountIn(key, lineStateKey);
      return account === null ? undefined : (states.get(account) ?? "Disabled");
    },
    settingsChanged(keys) {
      const touched = keys.map((key) => registrationAccount(key)).filter((account) => account !== null);
      for (const account of new Set(touched)) if (account <= accounts) register(account);
    },
    act(key) {
      const account = accountIn(key, lineResetKey);
      if (account !== null) register(account);
    },
    linkChanged: () => all.forEach(register),
    powerOn: () => all.forEach(register),
    powerOff() {
      for (const timer of answers.values()) timer.cancel();
      answers.clear();
      for (const account of states.keys()) states.set(account, "Initializing");
    },
  };
}

function wantedState({ setting }: SimulatedPhone, account: number): LineState {
  if (!isOn(setting(accountKey(account, "GENERAL.Enable")))) return "Disabled";
  const complete = ["SIP.Server", "GENERAL.UserName"].every(
    (item) => (setting(accountKey(account, item)) ?? "") !== "",
  );
  return complete ? "Registering" : "Error";
}

function isAnswered({ setting, surroundings }: SimulatedPhone, account: number, { unreachable }: Registrars): boolean {
  return surroundings.isConnected() && !matchesAny(unreachable, setting(accountKey(account, "SIP.Server")) ?? "");
}

function isRefused({ setting }: SimulatedPhone, account: number, { refused }: Registrars): boolean {
  return matchesAny(refused, setting(accountKey(account, "GENERAL.UserName")) ?? "");
}

function registrationAccount(key: BackendKey): number | null {
  const account = accountOf(key);
  return account !== null && ITEMS.some((item) => key === accountKey(account, item)) ? account : null;
}
