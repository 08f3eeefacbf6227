import type { BackendChange, BackendKey } from "../ports/backend.ts";
import type { ReportChanges } from "./settings/settings.ts";

/** Finds out which live values have changed since the last look. */
export interface ChangeReporter {
  /** Starts reporting: changes count from the current values. */
  start(report: ReportChanges): void;
  stop(): void;
  /** Reports values that differ from the last look. Does nothing unless started. */
  look(): void;
}

export function createChangeReporter(
  keys: readonly BackendKey[],
  read: (key: BackendKey) => string | undefined,
): ChangeReporter {
  return new Reporter(keys, read);
}

class Reporter implements ChangeReporter {
  readonly #keys: readonly BackendKey[];
  readonly #read: (key: BackendKey) => string | undefined;
  /** In the order of the keys. */
  #last: readonly (string | undefined)[] = [];
  #report: ReportChanges | null = null;

  constructor(keys: readonly BackendKey[], read: (key: BackendKey) => string | undefined) {
    this.#keys = keys;
    this.#read = read;
  }

  start(onChange: ReportChanges): void {
    this.#last = this.#values();
    this.#report = onChange;
  }

  stop(): void {
    this.#report = null;
  }

  look(): void {
    if (this.#report === null) return;
    const before = this.#last;
    this.#last = this.#values();
    const changes = this.#keys
      .map((key, at): BackendChange => ({ key, before: before[at], after: this.#last[at] }))
      .filter((change) => change.before !== change.after);
    if (changes.length > 0) this.#report(changes);
  }

  #values(): readonly (string | undefined)[] {
    return this.#keys.map((key) => this.#read(key));
  }
}
