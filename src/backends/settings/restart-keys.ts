import type { BackendChange, BackendKey } from "../../ports/backend.ts";

/** Settings that take effect when the phone restarts, and what is in force until then. */
export interface RestartKeys {
  /** To be told of every change of the settings, whoever made it. */
  changed(changes: readonly BackendChange[]): void;
  /** Whether one of the keys has a value now that is not in force yet. */
  waiting(keys: Iterable<BackendKey>): boolean;
  /** The value in force, given the one that is stored. */
  inForce(key: BackendKey, stored: string | undefined): string | undefined;
  /** What is stored of these keys is in force, without a restart. */
  tookEffect(keys: Iterable<BackendKey>): void;
  /** Everything stored is in force. */
  restarted(): void;
}

export function createRestartKeys(keys: ReadonlySet<BackendKey>): RestartKeys {
  return new Keys(keys);
}

class Keys implements RestartKeys {
  readonly #keys: ReadonlySet<BackendKey>;
  /** Only where it differs from what is stored, null while nothing does: a fleet has many phones and few such keys. */
  #old: Map<BackendKey, string | undefined> | null = null;

  constructor(keys: ReadonlySet<BackendKey>) {
    this.#keys = keys;
  }

  changed(changes: readonly BackendChange[]): void {
    for (const { key, before, after } of changes) {
      if (!this.#keys.has(key)) continue;
      const force = this.#old?.has(key) ? this.#old.get(key) : before;
      if (force === after) this.#old?.delete(key);
      else {
        this.#old ??= new Map();
        this.#old.set(key, force);
      }
    }
  }

  waiting(wanted: Iterable<BackendKey>): boolean {
    return this.#old !== null && [...wanted].some((key) => this.#old?.has(key));
  }

  inForce(key: BackendKey, stored: string | undefined): string | undefined {
    return this.#old?.has(key) ? this.#old.get(key) : stored;
  }

  tookEffect(wanted: Iterable<BackendKey>): void {
    for (const key of wanted) this.#old?.delete(key);
  }

  restarted(): void {
    this.#old = null;
  }
}
