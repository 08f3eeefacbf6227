import type { BackendChange, BackendKey } from "../../ports/backend.ts";

/** Settings that take effect at a restart of the phone, and their values until then. */
export interface RestartKeys {
  /** Call it for every change of the settings, from any source. */
  changed(changes: readonly BackendChange[]): void;
  /** Whether one of the keys has a new value that is not in force yet. */
  waiting(keys: Iterable<BackendKey>): boolean;
  /** The value in force, given the one that is stored. */
  inForce(key: BackendKey, stored: string | undefined): string | undefined;
  /** The stored values of these keys take effect without a restart. */
  tookEffect(keys: Iterable<BackendKey>): void;
  /** Everything stored is in force. */
  restarted(): void;
}

export function createRestartKeys(keys: ReadonlySet<BackendKey>): RestartKeys {
  return new Keys(keys);
}

class Keys implements RestartKeys {
  readonly #keys: ReadonlySet<BackendKey>;
  /** Only values that differ from the stored ones, null if none does: a fleet has many phones and few such keys. */
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
