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
  /** Only where it differs from what is stored: a fleet has many phones and few such keys. */
  const old = new Map<BackendKey, string | undefined>();

  function note({ key, before, after }: BackendChange): void {
    if (!keys.has(key)) return;
    const force = old.has(key) ? old.get(key) : before;
    if (force === after) old.delete(key);
    else old.set(key, force);
  }

  return {
    changed: (changes) => changes.forEach(note),
    waiting: (wanted) => [...wanted].some((key) => old.has(key)),
    inForce: (key, stored) => (old.has(key) ? old.get(key) : stored),
    tookEffect(wanted) {
      for (const key of wanted) old.delete(key);
    },
    restarted: () => old.clear(),
  };
}
