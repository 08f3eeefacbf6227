import { eventsOf, faultCodeOf, type InformedEvent, type Message, textOf } from "../acs/envelopes.ts";
import type { OfferedFiles } from "./configuration-files.ts";
import { EventLedger } from "./events.ts";
import type { Operation } from "./operations.ts";
import {
  ACS_URL,
  differences,
  FILE_SERVER,
  HIGHEST_PROFILE,
  type PhoneState,
  profilesOf,
  unique,
  withEntries,
} from "./phone-state.ts";

/**
 * The acknowledged, refused and unanswered calls, and the resulting states that are allowed. A disturbance is
 * announced with `disturbed`: then a call may be refused, but its answer must still be true.
 */
export class Ledger {
  readonly findings: string[] = [];
  /** How the phone looked when it was new; null before it has been seen. */
  factory: PhoneState | null = null;
  disturbed = false;
  /** Calls that were answered well, or with a fault. */
  readonly counts = { acknowledged: 0, refused: 0, unanswered: 0, observed: 0 };
  readonly #events = new EventLedger();
  #starts = 0;
  /** Empty before the phone has been seen. */
  #possible: readonly PhoneState[] = [];
  #offered: OfferedFiles | null = null;
  #doubt: Operation | null = null;
  #transfers: { readonly operation: Operation; must: boolean }[] = [];
  /** TransferCompletes that were answered and are not known to be read. */
  #answered = new Set<string>();
  #confirmed = new Set<string>();

  /** Of a phone that is settled and looks like this. */
  static ofSettled(factory: PhoneState, state = factory, offered: OfferedFiles | null = null): Ledger {
    const ledger = new Ledger();
    ledger.factory = factory;
    ledger.#possible = [state];
    ledger.#offered = offered;
    ledger.#starts = 1;
    return ledger;
  }

  /** The files that the phone may fetch and apply by itself at any moment; null: none. */
  get offered(): OfferedFiles | null {
    return this.#offered;
  }

  /** Whether there are files, and the phone knows the server. */
  get looks(): boolean {
    const url = this.#offered?.url;
    return url !== undefined && this.#possible.some((state) => state.get(FILE_SERVER) === url);
  }

  offer(files: OfferedFiles | null): void {
    this.#possible = this.#withFiles();
    this.#offered = files;
  }

  /** A look at the file server would change nothing any more. */
  get filesAreApplied(): boolean {
    const { effect } = this.#offered ?? {};
    return effect === undefined || this.#possible.every((state) => effect(state) === state);
  }

  /** The process starts: the next Inform has `1 BOOT`. The first start of all owes `0 BOOTSTRAP` too. */
  started(): void {
    this.#interrupted();
    this.#starts += 1;
    if (this.#starts === 1) this.#events.expect({ code: "0 BOOTSTRAP", commandKey: "" });
    this.#events.started();
  }

  informed(inform: Message, path: string): void {
    this.#interrupted();
    this.#answered.clear();
    // Firmware that is installed only now restarts the phone once more.
    const installs = this.#transfers.some(({ operation }) => operation.restarts !== undefined);
    if (installs) this.#events.expect({ code: "1 BOOT", commandKey: "" }, false);
    this.#note(this.#events.informed(eventsOf(inform)));
    const there = this.#possible.filter((state) => new URL(state.get(ACS_URL) ?? "http://x/").pathname === path);
    if (there.length > 0) this.#possible = there;
    else if (this.#possible.length > 0) this.#note([`a session at ${path}, which is not the URL that was set`]);
  }

  /** The answer to the Inform, or to a TransferComplete, is on its way. */
  answers(message: Message): void {
    if (message.name === "Inform") this.#events.answered();
    else if (message.name === "TransferComplete") {
      const commandKey = textOf(message, "CommandKey") ?? "";
      this.#events.transferAnswered(commandKey);
      this.#answered.add(commandKey);
    }
  }

  /** The last answer has not arrived. */
  unread(): void {
    this.#events.unread();
    this.#answered.clear();
  }

  /**
   * The disk accepts no more writes, so the next start does not know the reports since the last one (decision 0030).
   */
  mayRepeat(): void {
    this.#events.mayRepeat();
    this.#confirmed.clear();
  }

  /** A further request of the session has come. */
  confirmed(): void {
    this.#events.confirmed();
    for (const commandKey of this.#answered) {
      this.#events.transferConfirmed(commandKey);
      this.#confirmed.add(commandKey);
    }
    this.#answered.clear();
  }

  begin(operation: Operation): void {
    this.#doubt = operation;
  }

  answered(answer: Message): void {
    const operation = this.#doubt;
    this.#doubt = null;
    if (operation === null) return;
    const fault = faultCodeOf(answer);
    if (fault !== null) {
      this.counts.refused += 1;
      if (operation.expect === "accept" && !this.disturbed) this.#note([`${operation.name} is refused with ${fault}`]);
      return;
    }
    this.counts.acknowledged += 1;
    if (operation.expect === "refuse") this.#note([`${operation.name} is answered as if it were good`]);
    this.#checkInstance(operation, answer);
    if (operation.transfer !== undefined) this.#transfers.push({ operation, must: true });
    else this.#possible = this.#withFiles().map((state) => operation.effect(state, answer));
    this.#promise(operation, true);
  }

  /** A person has changed the phone. @param isCertain false: whether it was done is not known */
  changedByPerson(effect: (before: PhoneState) => PhoneState, isCertain: boolean): void {
    const changed = this.#possible.map(effect);
    this.#possible = isCertain ? changed : [...this.#possible, ...changed];
  }

  /** The phone as it was read, all of it. */
  observed(seen: PhoneState): void {
    this.counts.observed += 1;
    if (this.factory === null) {
      this.factory = withEntries(seen, [[HIGHEST_PROFILE, String(Math.max(...profilesOf(seen)))]]);
      this.#possible = [this.factory];
      return;
    }
    const allowed = this.#allowed();
    const matches = allowed.filter((state) => differences(seen, state).length === 0);
    if (matches.length === 0) this.#reportDifference(seen, allowed);
    // The files that were applied last cannot be seen: there may be several.
    const known = matches.length === 0 ? [withEntries(seen, own(allowed[0]))] : matches;
    this.#possible = unique(known.map((state) => withHighest(state, seen)));
  }

  transferred(message: Message): void {
    const commandKey = textOf(message, "CommandKey") ?? "";
    const fault = Number(textOf(message, "FaultCode") ?? "0");
    const at = this.#transfers.findIndex(({ operation }) => operation.transfer === commandKey);
    const transfer = this.#transfers[at];
    if (this.#confirmed.has(commandKey)) this.#note([`TransferComplete ${commandKey} comes again`]);
    if (transfer === undefined) return;
    this.#transfers.splice(at, 1);
    if (fault === 0) this.#possible = this.#possible.map((state) => transfer.operation.effect(state, null));
    else this.#failed(transfer.operation, fault);
  }

  /** A call was answered, well or with a fault. */
  get wasCalled(): boolean {
    return this.counts.acknowledged + this.counts.refused > 0;
  }

  /** Nothing is left to wait for. */
  get isSettled(): boolean {
    return this.#doubt === null && this.#events.owed.length === 0 && !this.#transfers.some(({ must }) => must);
  }

  /** The one state that is certain; null while several are possible. */
  get state(): PhoneState | null {
    return this.#possible.length === 1 && this.#transfers.length === 0 ? (this.#possible[0] ?? null) : null;
  }

  /** Called when everything had the time to happen. */
  checkSettled(): void {
    this.#note(this.#events.owed.map((event) => `${event} has not come`));
    const missing = this.#transfers.filter(({ must }) => must);
    this.#note(missing.map(({ operation }) => `${operation.name} was promised and has not ended`));
  }

  /** The last request has no answer: it may have been executed or not. */
  #interrupted(): void {
    const operation = this.#doubt;
    this.#doubt = null;
    if (operation === null) return;
    this.counts.unanswered += 1;
    if (operation.transfer !== undefined) this.#transfers.push({ operation, must: false });
    else this.#possible = this.#withFiles().flatMap((state) => [state, operation.effect(state, null)]);
    this.#promise(operation, false);
    // The ACS does not know that the values are its own.
    this.#events.expect({ code: "4 VALUE CHANGE", commandKey: "" }, false);
  }

  /** A change that is reported as failed is not in force. */
  #failed({ name, effect }: Operation, fault: number): void {
    // A transfer may be given up after restarts.
    if (!this.disturbed && this.#starts < 2) this.#note([`${name} ends with fault ${fault}`]);
    const without = this.#possible.filter((state) => differences(state, effect(state, null)).length > 0);
    const changesNothing = this.factory !== null && effect(this.factory, null) === this.factory;
    if (without.length > 0) this.#possible = without;
    else if (!changesNothing) this.#note([`${name} ends with fault ${fault}, and is in force`]);
  }

  #promise({ events, bootstraps, restarts }: Operation, must: boolean): void {
    if (bootstraps === true) this.#events.bootstrap(must);
    for (const event of events) this.#events.expect(event, must);
    const boot: InformedEvent = { code: "1 BOOT", commandKey: "" };
    if (restarts !== undefined) this.#events.expect(boot, must && restarts === "always");
  }

  /** With what the file server has, and without. */
  #withFiles(): readonly PhoneState[] {
    const { effect } = this.#offered ?? {};
    return effect === undefined ? this.#possible : unique([...this.#possible, ...this.#possible.map(effect)]);
  }

  /** With each transfer under way done or not. */
  #allowed(): readonly PhoneState[] {
    let allowed = this.#withFiles();
    for (const { operation } of this.#transfers) {
      allowed = [...allowed, ...allowed.map((state) => operation.effect(state, null))];
    }
    return allowed;
  }

  #checkInstance({ name }: Operation, answer: Message): void {
    const told = textOf(answer, "InstanceNumber");
    const [state] = this.#possible;
    if (told === null || state === undefined) return;
    const next = Number(state.get(HIGHEST_PROFILE)) + 1;
    if (Number(told) !== next) this.#note([`${name} gives the instance number ${told}, the next one is ${next}`]);
  }

  #reportDifference(seen: PhoneState, allowed: readonly PhoneState[]): void {
    const told = allowed.map((state) => differences(seen, state));
    const nearest = told.sort((one, other) => one.length - other.length)[0] ?? [];
    this.#note([`the phone is not as its answers say (found ≠ answered): ${nearest.join("; ")}`]);
  }

  #note(findings: readonly string[]): void {
    this.findings.push(...findings);
  }
}

/** Names of the campaign's own data. */
function own(state: PhoneState | undefined): Iterable<readonly [string, string]> {
  return [...(state ?? [])].filter(([name]) => name.startsWith("~"));
}

/** Instance numbers do not come back. */
function withHighest(state: PhoneState, seen: PhoneState): PhoneState {
  const highest = Math.max(Number(state.get(HIGHEST_PROFILE) ?? 0), ...profilesOf(seen));
  return withEntries(state, [[HIGHEST_PROFILE, String(highest)]]);
}
