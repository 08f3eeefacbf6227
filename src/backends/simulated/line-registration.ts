import type { BackendKey } from "../../ports/backend.ts";
import type { Timer } from "../../ports/clock.ts";
import { accountKey, accountOf, isOn, lineResetKey, lineStateKey } from "../phone-keys.ts";
import type { Behaviour, SimulatedPhone } from "./behaviour.ts";
import { matchesAny } from "./name-pattern.ts";

/** The values of `Line.{i}.Status` of TR-104 that occur here. */
type LineState = "Disabled" | "Initializing" | "Registering" | "Up" | "Error";

/** How registrars treat which lines; `*` in a pattern matches any text. */
export interface Registrars {
  /** Servers that never answer. */
  readonly unreachable: readonly string[];
  /** User names that a registrar refuses. */
  readonly refused: readonly string[];
}

/** How long a registrar takes to answer. */
const MIN_MS = 500;
const SLOWEST_MS = 2_000;
/** A phone gives up waiting after 64 times T1 (RFC 3261 17.1.2.2, timer F), and tries again after that and a while. */
const NO_ANSWER_MS = 32_000;
const AGAIN_MS = 60_000;

/** Settings whose change makes a phone register again. */
const ITEMS = ["GENERAL.Enable", "GENERAL.UserName", "GENERAL.AuthName", "GENERAL.Pwd", "SIP.Server", "SIP.Port"];
const WILLING: Registrars = { unreachable: [], refused: [] };

/**
 * Lines register if their account is on and has a server and a user name. No real registrar is involved: after a
 * moment they are up, or in error by the rules or without network. An enabled account without server or user name is
 * in error.
 */
export class LineRegistrationBehaviour implements Behaviour {
  readonly #phone: SimulatedPhone;
  readonly #accounts: number;
  readonly #registrars: Registrars;
  /** Missing lines are disabled; null: all are. */
  #states: Map<number, LineState> | null = null;
  #answers: Map<number, Timer> | null = null;

  constructor(phone: SimulatedPhone, accounts: number, registrars: Registrars = WILLING) {
    this.#phone = phone;
    this.#accounts = accounts;
    this.#registrars = registrars;
  }

  supports(key: BackendKey): boolean {
    return this.#accountIn(key, lineStateKey) !== null || this.#accountIn(key, lineResetKey) !== null;
  }

  read(key: BackendKey): string | undefined {
    const account = this.#accountIn(key, lineStateKey);
    return account === null ? undefined : (this.#states?.get(account) ?? "Disabled");
  }

  settingsChanged(keys: readonly BackendKey[]): void {
    const touched = keys.map((key) => registrationAccount(key)).filter((account) => account !== null);
    for (const account of new Set(touched)) if (account <= this.#accounts) this.#register(account);
  }

  act(key: BackendKey): void {
    const account = this.#accountIn(key, lineResetKey);
    if (account !== null) this.#register(account);
  }

  linkChanged(): void {
    this.powerOn();
  }

  powerOn(): void {
    for (let account = 1; account <= this.#accounts; account++) this.#register(account);
  }

  powerOff(): void {
    for (const timer of this.#answers?.values() ?? []) timer.cancel();
    this.#answers = null;
    for (const account of this.#states?.keys() ?? []) this.#states?.set(account, "Initializing");
  }

  #accountIn(key: BackendKey, keyFor: (account: number) => BackendKey): number | null {
    const account = accountOf(key);
    return account !== null && account <= this.#accounts && keyFor(account) === key ? account : null;
  }

  #enter(account: number, state: LineState): void {
    const before = this.#states?.get(account) ?? "Disabled";
    if (before === state) return;
    if (state === "Disabled") this.#states?.delete(account);
    else {
      this.#states ??= new Map();
      this.#states.set(account, state);
    }
    this.#phone.report([{ key: lineStateKey(account), before, after: state }]);
  }

  #later(account: number, delayMs: number, run: () => void): void {
    this.#answers ??= new Map();
    this.#answers.set(account, this.#phone.scheduler.after(delayMs, `registration of line ${account}`, run));
  }

  #register(account: number): void {
    this.#answers?.get(account)?.cancel();
    const wanted = wantedState(this.#phone, account);
    this.#enter(account, wanted);
    if (wanted !== "Registering") return;
    if (isAnswered(this.#phone, account, this.#registrars)) {
      const answer = isRefused(this.#phone, account, this.#registrars) ? "Error" : "Up";
      this.#later(account, this.#phone.random.between(MIN_MS, SLOWEST_MS), () => this.#enter(account, answer));
      return;
    }
    this.#later(account, NO_ANSWER_MS, () => {
      this.#enter(account, "Error");
      this.#later(account, AGAIN_MS, () => this.#register(account));
    });
  }
}

function wantedState({ setting }: SimulatedPhone, account: number): LineState {
  if (!isOn(setting(accountKey(account, "GENERAL.Enable")))) return "Disabled";
  const complete = ["SIP.Server", "GENERAL.UserName"].every(
    (item) => (setting(accountKey(account, item)) ?? "") !== "",
  );
  return complete ? "Registering" : "Error";
}

function isAnswered({ setting, environment }: SimulatedPhone, account: number, { unreachable }: Registrars): boolean {
  return environment.isConnected() && !matchesAny(unreachable, setting(accountKey(account, "SIP.Server")) ?? "");
}

function isRefused({ setting }: SimulatedPhone, account: number, { refused }: Registrars): boolean {
  return matchesAny(refused, setting(accountKey(account, "GENERAL.UserName")) ?? "");
}

function registrationAccount(key: BackendKey): number | null {
  const account = accountOf(key);
  return account !== null && ITEMS.some((item) => key === accountKey(account, item)) ? account : null;
}
